using System.Collections.Immutable;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Trust;
using SupplyChain.RepoNode.Core.Consensus.Messages;

namespace SupplyChain.RepoNode.Core.Consensus;

/// <summary>The nodes of one epoch: who votes, who leads, and what their signatures must cover.</summary>
public sealed class Committee
{
    private readonly ImmutableArray<Ed25519PublicKey> _voteKeys;

    public Committee(TrustRoot root)
    {
        ArgumentNullException.ThrowIfNull(root);
        Origin = root.Origin;
        Quorum = root.Quorum;
        _voteKeys = [.. root.Nodes.Select(node => node.VoteKey)];
    }

    public string Origin { get; }

    /// <summary>Membership never changes in this version: all views belong to epoch 1.</summary>
    public ulong Epoch => 1;

    public Quorum Quorum { get; }

    public int Size => _voteKeys.Length;

    /// <summary>Leaders take turns: node (v − 1) mod n.</summary>
    public byte Leader(View view) => (byte)((view.Number - 1) % (ulong)Size);

    /// <summary>The number of the node with this vote key, or none.</summary>
    public byte? IndexOf(Ed25519PublicKey voteKey)
    {
        int index = _voteKeys.IndexOf(voteKey);
        return index < 0 ? null : (byte)index;
    }

    public bool Verifies(Vote vote)
    {
        ArgumentNullException.ThrowIfNull(vote);
        if (vote.Signer >= Size) return false;

        byte[] signed = Vote.SignedBytes(Origin, Epoch, vote.Kind, vote.View, vote.Block);
        return _voteKeys[vote.Signer].Verify(signed, vote.Signature.AsSpan());
    }

    public bool Verifies(Certificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return HasQuorum(certificate) && certificate.Votes().All(Verifies);
    }

    /// <summary>Exactly q signers, as one encoding per certificate asks.</summary>
    public bool HasQuorum(Certificate certificate) => certificate.Signatures.Length == Quorum.Required;

    internal Vote Sign(Ed25519PrivateKey voteKey, byte signer, VoteKind kind, View view, Protocol.Digest block)
    {
        byte[] signed = Vote.SignedBytes(Origin, Epoch, kind, view, block);
        return new Vote(kind, view, block, signer, new VoteSignature(voteKey.Sign(signed)));
    }
}
