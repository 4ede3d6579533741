using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;
using SupplyChain.ThresholdSig.Bls;

namespace SupplyChain.Protocol.Trust;

/// <summary>
/// A key that a role had before its present one (docs/protocol.md §6). <c>{"key","from","to","compromisedAfter"?}</c>
/// </summary>
/// <param name="Key">The group's public key.</param>
/// <param name="From">The first root version it served.</param>
/// <param name="To">The last one.</param>
/// <param name="CompromisedAfter">
/// The mark: the last log index up to which the key verifies anything; null while it is not known to be compromised.
/// </param>
public sealed record EarlierKey(PublicKey Key, ulong From, ulong To, ulong? CompromisedAfter = null)
{
    internal bool IsValidIn(ulong rootVersion) =>
        From >= 1 && From <= To && To < rootVersion && CompromisedAfter is null or <= Limits.MaxJsonNumber;

    internal void WriteTo(CanonicalJsonWriter writer)
    {
        writer.BeginObject().Name("key").Hex(Key.ToBytes()).Field("from", From).Field("to", To);
        if (CompromisedAfter is { } last) writer.Field("compromisedAfter", last);
        writer.EndObject();
    }

    internal static bool TryRead(ref CanonicalJsonReader reader, [NotNullWhen(true)] out EarlierKey? earlier)
    {
        earlier = null;
        if (!reader.TryBeginObject()) return false;
        if (!reader.TryName("key") || !reader.TryGroupKey(out var key)) return false;
        if (!reader.TryName("from") || !reader.TryNumber(out ulong from)) return false;
        if (!reader.TryName("to") || !reader.TryNumber(out ulong to)) return false;

        ulong? compromisedAfter = null;
        if (reader.TryName("compromisedAfter"))
        {
            if (!reader.TryNumber(out ulong last)) return false;
            compromisedAfter = last;
        }

        if (!reader.TryEndObject()) return false;
        earlier = new EarlierKey(key, from, to, compromisedAfter);
        return true;
    }
}
