using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.Protocol.Trust;

/// <summary>How old an attestation may be (docs/protocol.md §6). All in seconds.</summary>
/// <param name="MaxAge">An attestation counts for so long.</param>
/// <param name="Skew">So far ahead of the agent's clock it may be.</param>
/// <param name="AttestEvery">So often a node attests again when nothing is new.</param>
public sealed record Freshness(long MaxAge, long Skew, long AttestEvery)
{
    internal bool IsValid =>
        MaxAge is > 0 and <= (long)Limits.MaxJsonNumber
        && AttestEvery > 0 && AttestEvery <= MaxAge
        && Skew >= 0 && Skew <= MaxAge;

    internal void WriteTo(CanonicalJsonWriter writer) => writer
        .BeginObject().Time("maxAge", MaxAge).Time("skew", Skew).Time("attestEvery", AttestEvery).EndObject();

    internal static bool TryRead(ref CanonicalJsonReader reader, [NotNullWhen(true)] out Freshness? freshness)
    {
        freshness = null;
        if (!reader.TryBeginObject()) return false;
        if (!reader.TryName("maxAge") || !reader.TryTime(out long maxAge)) return false;
        if (!reader.TryName("skew") || !reader.TryTime(out long skew)) return false;
        if (!reader.TryName("attestEvery") || !reader.TryTime(out long attestEvery)) return false;
        if (!reader.TryEndObject()) return false;

        freshness = new Freshness(maxAge, skew, attestEvery);
        return true;
    }
}
