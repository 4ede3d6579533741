using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Statements;
using SupplyChain.ThresholdSig.Bls;

namespace SupplyChain.RepoNode.Core.Ledger;

/// <summary>
/// Verifies role signatures and remembers the newest that verified: a submission is checked when it arrives, when it is
/// proposed and when it is executed, and two pairings cost milliseconds. What is remembered is the whole envelope with
/// the key, so that nothing else passes for it. A host may ask from several threads, so that the pairings of what comes
/// from strangers are done elsewhere than where blocks are ordered.
/// </summary>
public sealed class RoleSignatures(int capacity)
{
    // Only those that verified are kept: of the others there is no end.
    private readonly NewestAnswers<bool> _verified = new(capacity);

    /// <summary>How many are remembered.</summary>
    public int Count => _verified.Count;

    /// <summary>True when the envelope carries exactly this key's valid signature.</summary>
    public bool Verifies(Envelope envelope, PublicKey key)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        return envelope.Signatures.Count == 1 && Carries(envelope, key);
    }

    /// <summary>True when one of the envelope's signatures is this key's and valid.</summary>
    public bool Carries(Envelope envelope, PublicKey key)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        ArgumentNullException.ThrowIfNull(key);
        var subject = Digest.Of(new ByteWriter().Bytes(key.ToBytes()).Bytes(envelope.ToBytes()).WrittenSpan);
        if (_verified.TryGet(subject, out _)) return true;
        if (!envelope.IsSignedBy(key)) return false;

        _verified.Keep(subject, true);
        return true;
    }
}
