using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.RepoNode.Operations;

/// <summary>
/// Where a node listens, <c>listen.json</c>: <c>{"http","peers"}</c>. Others may reach it under other addresses.
/// </summary>
internal sealed record ListenAddresses(ListenAddress Http, ListenAddress Peers)
{
    public byte[] ToBytes() => new CanonicalJsonWriter()
        .BeginObject().Field("http", Http.ToString()).Field("peers", Peers.ToString()).EndObject().ToArray();

    public static bool TryRead(ReadOnlySpan<byte> json, [NotNullWhen(true)] out ListenAddresses? addresses)
    {
        addresses = null;
        var reader = new CanonicalJsonReader(json);
        if (!reader.TryBeginObject()) return false;
        if (!reader.TryName("http") || !reader.TryString(out string? http, Limits.MaxAddressLength)) return false;
        if (!reader.TryName("peers") || !reader.TryString(out string? peers, Limits.MaxAddressLength)) return false;
        if (!reader.TryEndObject() || !reader.AtEnd) return false;
        if (!ListenAddress.TryParse(http, out var httpAddress)) return false;
        if (!ListenAddress.TryParse(peers, out var peersAddress)) return false;

        addresses = new ListenAddresses(httpAddress, peersAddress);
        return true;
    }
}
