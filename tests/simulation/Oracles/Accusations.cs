using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Simulation.Tests.Oracles;

/// <summary>
/// Names culprits from messages alone: whoever signed two votes, or cosigned two roots of one size, that no honest node
/// signs both. Two conflicting certified histories convict at least f + 1 nodes: quorums of one view, or of a
/// finalisation and the nullification of its view, share that many.
/// </summary>
internal sealed class Accusations(TestNetwork network)
{
    private readonly Dictionary<(byte Signer, View View), HashSet<Vote>> _votes = [];
    private readonly Dictionary<(byte Signer, ulong Size), HashSet<CosignatureGossip>> _cosignatures = [];

    public void Hear(PeerMessage message)
    {
        switch (message)
        {
            case PeerMessage.Voted(var vote): Hear(vote); break;
            case PeerMessage.Certified(var certificate): Hear(certificate); break;
            case PeerMessage.Proposed(var proposal):
                Hear(proposal.LeaderVote);
                foreach (var certificate in proposal.Justification.Certificates()) Hear(certificate);
                break;
            case PeerMessage.Cosigned(var cosignature):
                Of(_cosignatures, (cosignature.Node, cosignature.Size)).Add(cosignature);
                break;
        }
    }

    /// <summary>Whom two signatures that verify convict.</summary>
    public IReadOnlySet<byte> Culprits()
    {
        var culprits = new SortedSet<byte>();
        foreach (var (key, votes) in _votes)
        {
            if (!culprits.Contains(key.Signer) && HasConflict(votes, Excludes, IsSigned)) culprits.Add(key.Signer);
        }

        foreach (var (key, cosignatures) in _cosignatures)
        {
            bool forked = HasConflict(cosignatures, (first, second) => first.Root != second.Root, IsSigned);
            if (forked) culprits.Add(key.Signer);
        }

        return culprits;
    }

    private static bool Excludes(Vote first, Vote second) => first.Kind == second.Kind
        ? first.Block != second.Block
        : first.Kind != VoteKind.Notarize && second.Kind != VoteKind.Notarize;

    private static bool HasConflict<T>(HashSet<T> said, Func<T, T, bool> excludes, Func<T, bool> isSigned) =>
        said.Count > 1
        && said.Any(first => said.Any(second => excludes(first, second) && isSigned(first) && isSigned(second)));

    private bool IsSigned(Vote vote) => vote.Signer < network.Nodes.Count
        && network.Nodes[vote.Signer].VoteKey.PublicKey.Verify(
            Vote.SignedBytes(TestNetwork.Origin, epoch: 1, vote.Kind, vote.View, vote.Block), vote.Signature.AsSpan());

    private bool IsSigned(CosignatureGossip cosignature)
    {
        if (cosignature.Node >= network.Nodes.Count) return false;

        var verifier = network.Root.Nodes[cosignature.Node].AttestationVerifier;
        var checkpoint = new Checkpoint(TestNetwork.Origin, new TreeSize(cosignature.Size), cosignature.Root);
        return Cosignature.TryVerify(
            verifier, checkpoint.ToText(),
            Cosignature.ToNoteSignature(verifier, (ulong)cosignature.Time, cosignature.Signature.AsSpan()), out _);
    }

    private void Hear(Vote vote) => Of(_votes, (vote.Signer, vote.View)).Add(vote);

    private void Hear(Certificate certificate)
    {
        foreach (var vote in certificate.Votes()) Hear(vote);
    }

    private static HashSet<TValue> Of<TKey, TValue>(Dictionary<TKey, HashSet<TValue>> sets, TKey key)
        where TKey : notnull
    {
        if (!sets.TryGetValue(key, out var set)) sets.Add(key, set = []);
        return set;
    }
}
