using System.Collections.Immutable;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.RepoNode.Core.Consensus.Proposing;

/// <summary>
/// Which artifacts the host has read back from its disk, as far as it was asked; asks for each once. An artifact is
/// bytes with a size and both digests: bytes that are held under another fs-verity digest are not the one that is asked
/// for, and never will be.
/// </summary>
internal sealed class ArtifactGate(Outbox outbox)
{
    private readonly HashSet<Stated> _asked = [];
    private readonly HashSet<Stated> _held = [];
    private readonly HashSet<Stated> _impossible = [];

    private readonly record struct Stated(Digest Sha256, Digest FsVerity, ulong Size)
    {
        public static Stated Of(Artifact artifact) => new(artifact.Sha256, artifact.FsVerity, artifact.Size);
    }

    /// <summary>Grows whenever the answers of <see cref="Holds"/> may have changed.</summary>
    public ulong Changes { get; private set; }

    public bool Holds(IEnumerable<Artifact> artifacts) =>
        artifacts.All(artifact => _held.Contains(Stated.Of(artifact)));

    /// <summary>Whether one of them can never be held: the bytes of its SHA-256 have another size or digest.</summary>
    public bool RulesOut(IEnumerable<Artifact> artifacts) =>
        artifacts.Any(artifact => _impossible.Contains(Stated.Of(artifact)));

    /// <summary>Asks the host for those of them that it has not been asked for yet.</summary>
    public void Need(IEnumerable<Artifact> artifacts)
    {
        ImmutableArray<Artifact> asked =
            [.. artifacts.Where(artifact => !_held.Contains(Stated.Of(artifact)) && _asked.Add(Stated.Of(artifact)))];
        if (!asked.IsEmpty) outbox.Add(new Effect.NeedArtifacts(asked));
    }

    /// <summary>Only an answer to a question counts, so that the sets stay as small as the questions.</summary>
    public void Answer(IEnumerable<Artifact> held) => Answer(held, _held);

    /// <summary>They can never be held as they are stated.</summary>
    public void RuleOut(IEnumerable<Artifact> impossible) => Answer(impossible, _impossible);

    /// <summary>Forgets all but these; what is needed again is asked for again.</summary>
    public void Retain(IEnumerable<Artifact> artifacts)
    {
        Changes++;
        var kept = artifacts.Select(Stated.Of).ToHashSet();
        _asked.IntersectWith(kept);
        _held.IntersectWith(kept);
        _impossible.IntersectWith(kept);
    }

    private void Answer(IEnumerable<Artifact> artifacts, HashSet<Stated> into)
    {
        Changes++;
        into.UnionWith(artifacts.Select(Stated.Of).Where(_asked.Contains));
    }
}
