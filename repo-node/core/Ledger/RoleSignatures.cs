using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Statements;
using SupplyChain.ThresholdSig.Bls;

namespace SupplyChain.RepoNode.Core.Ledger;

/// <summary>
/// Verifies role signatures and remembers the newest that verified: a submission is checked when it arrives, when it is
/// proposed and when it is executed, and two pairings cost milliseconds. What is remembered is the whole envelope with
/// the key, so that nothing else passes for it.
/// </summary>
public sealed class RoleSignatures(int capacity)
{
    private readonly HashSet<Digest> _verified = [];
    private readonly Queue<Digest> _oldestFirst = [];

    /// <summary>True when the envelope carries exactly this key's valid signature.</summary>
    public bool Verifies(Envelope envelope, PublicKey key)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        ArgumentNullException.ThrowIfNull(key);
        var subject = Digest.Of(new ByteWriter().Bytes(key.ToBytes()).Bytes(envelope.ToBytes()).WrittenSpan);
        if (_verified.Contains(subject)) return true;
        if (!envelope.IsSignedExactlyBy(key)) return false;

        if (_oldestFirst.Count == capacity) _verified.Remove(_oldestFirst.Dequeue());
        _verified.Add(subject);
        _oldestFirst.Enqueue(subject);
        return true;
    }
}
