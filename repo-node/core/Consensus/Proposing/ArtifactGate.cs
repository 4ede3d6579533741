using System.Collections.Immutable;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.RepoNode.Core.Consensus.Proposing;

/// <summary>Which artifacts the host has read back from its disk, as far as it was asked; asks for each once.</summary>
internal sealed class ArtifactGate(Outbox outbox)
{
    private readonly HashSet<Digest> _asked = [];
    private readonly HashSet<Digest> _held = [];

    /// <summary>Grows whenever the answers of <see cref="Holds"/> may have changed.</summary>
    public ulong Changes { get; private set; }

    public bool Holds(IEnumerable<Artifact> artifacts) => artifacts.All(artifact => _held.Contains(artifact.Sha256));

    /// <summary>Asks the host for those of them that it has not been asked for yet.</summary>
    public void Need(IEnumerable<Artifact> artifacts)
    {
        ImmutableArray<Artifact> asked =
            [.. artifacts.Where(artifact => !_held.Contains(artifact.Sha256) && _asked.Add(artifact.Sha256))];
        if (!asked.IsEmpty) outbox.Add(new Effect.NeedArtifacts(asked));
    }

    /// <summary>Only an answer to a question counts, so that the sets stay as small as the questions.</summary>
    public void Answer(IEnumerable<Digest> held)
    {
        Changes++;
        foreach (var digest in held)
        {
            if (_asked.Contains(digest)) _held.Add(digest);
        }
    }

    /// <summary>Forgets all but these; what is needed again is asked for again.</summary>
    public void Retain(IEnumerable<Artifact> artifacts)
    {
        Changes++;
        var kept = artifacts.Select(artifact => artifact.Sha256).ToHashSet();
        _asked.IntersectWith(kept);
        _held.IntersectWith(kept);
    }
}
