using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.MaintainerTools.Publishing;

/// <summary>What one node says about a submission (docs/protocol.md §10): a hint when to look, never proof.</summary>
/// <param name="Status"><c>unknown</c>, <c>pending</c>, <c>final</c>, <c>certified</c> or <c>refused</c>.</param>
/// <param name="Reason">Why it was refused.</param>
internal sealed record StatementStatus(string Status, string? Reason)
{
    public static bool TryRead(ReadOnlySpan<byte> json, Digest id, [NotNullWhen(true)] out StatementStatus? status)
    {
        status = null;
        var reader = new CanonicalJsonReader(json);
        if (!reader.TryBeginObject()
            || !reader.TryName("id") || !reader.TryDigest(out var named) || named != id
            || !reader.TryName("status") || !reader.TryString(out string? text, Limits.MaxNameLength))
        {
            return false;
        }

        string? reason = null;
        bool hasRest = text switch
        {
            "pending" => true,
            "final" or "certified" => reader.TryName("index") && reader.TryNumber(out _),
            "refused" => reader.TryName("reason") && reader.TryString(out reason, Limits.MaxNameLength)
                && Protocol.Statements.Names.IsName(reason),
            _ => false,
        };
        if (!hasRest || !reader.TryEndObject() || !reader.AtEnd) return false;

        status = new StatementStatus(text, reason);
        return true;
    }
}
