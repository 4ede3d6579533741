using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.RepoNode.Core.Ledger;

/// <summary>
/// Remembers why rotations were refused that their root holders did sign. To find out takes reading every key of a root,
/// and anybody may hand in the same one again and again. What is remembered is the whole envelope with the log it was
/// checked against, so that the answer is the same. Others are refused before their keys are read, or can be made in any
/// number: those are not remembered. Any thread may ask.
/// </summary>
internal sealed class RefusedRotations(int capacity)
{
    private readonly NewestAnswers<LedgerRefusal> _refused = new(capacity);

    /// <summary>How many are remembered.</summary>
    public int Count => _refused.Count;

    /// <summary>The rule that refuses the rotation on this log, or null.</summary>
    /// <param name="logRoot">Of the log before the rotation; it stands for the whole ledger.</param>
    /// <param name="rotation">As it was submitted, or stands in a block.</param>
    /// <param name="check">Finds out what is not remembered.</param>
    public LedgerRefusal? Of(Digest logRoot, Envelope rotation, Func<LedgerRefusal?> check)
    {
        var subject = Digest.Of(new ByteWriter().Digest(logRoot).Bytes(rotation.ToBytes()).WrittenSpan);
        if (_refused.TryGet(subject, out var known)) return known;

        var refusal = check();
        if (refusal is { } dear && IsOfWhatWasMeant(dear)) _refused.Keep(subject, dear);
        return refusal;
    }

    // From here on in the table of docs/protocol.md §3 all signatures were found valid, and every key was read.
    private static bool IsOfWhatWasMeant(LedgerRefusal refusal) => refusal >= LedgerRefusal.NodesChanged;
}
