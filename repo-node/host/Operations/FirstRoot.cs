using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;
using SupplyChain.Protocol.Verification;

namespace SupplyChain.RepoNode.Operations;

/// <summary>Trust root 1 and the envelope it came in, which is entry 0 of the log.</summary>
internal sealed class FirstRoot
{
    private FirstRoot(TrustRoot root, Envelope envelope, ReadOnlyMemory<byte> entry)
    {
        Root = root;
        Envelope = envelope;
        Entry = entry;
    }

    public TrustRoot Root { get; }

    public Envelope Envelope { get; }

    public ReadOnlyMemory<byte> Entry { get; }

    /// <summary>Takes a root that is signed by its own root role.</summary>
    public static Verdict<FirstRoot> Read(ReadOnlyMemory<byte> entry)
    {
        if (!TrustRoot.TryReadEnvelope(entry.Span, out var root, out var rejection)) return rejection;

        bool read = Envelope.TryRead(entry.Span, out var envelope);
        Invariant.Holds(read && envelope is not null, "a trust root comes in an envelope");
        return new FirstRoot(root, envelope, entry);
    }

    /// <summary>The node that has exactly these keys; null when the root does not name them.</summary>
    public int? Find(NodeKeys keys)
    {
        for (int node = 0; node < Root.Nodes.Count; node++)
        {
            var identity = Root.Nodes[node];
            if (identity.VoteKey.Equals(keys.Vote.PublicKey)
                && identity.AttestationKey.Equals(keys.Attestation.PublicKey)
                && identity.LogKey.Equals(keys.Log.PublicKey)
                && identity.TransportPin == keys.TransportPin)
                return node;
        }

        return null;
    }
}
