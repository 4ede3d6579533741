using System.Diagnostics.CodeAnalysis;
using SupplyChain.MaintainerTools.Shares;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Trust;

namespace SupplyChain.MaintainerTools.Publishing;

/// <summary>What an operator hands over about a node: <c>node.json</c> (docs/protocol.md §13), in the form of the trust root.</summary>
internal static class NodeFile
{
    /// <exception cref="CommandFailure">Not readable, or not a node's description.</exception>
    public static NodeIdentity Load(string path) =>
        TryRead(DurableFile.Read(path, ToolLimits.MaxPublicFile), out var node)
            ? node
            : throw CommandFailure.Refused("node-malformed", $"{path} is not a node's description.",
                "ask the operator for the node.json that `repo-node init` wrote");

    public static bool TryRead(ReadOnlySpan<byte> json, [NotNullWhen(true)] out NodeIdentity? node)
    {
        node = null;
        var reader = new CanonicalJsonReader(json);
        if (!reader.TryBeginObject()
            || !reader.TryName("name") || !reader.TryString(out string? name, Limits.MaxNameLength)
            || !TryKey(ref reader, "attestationKey", out var attestation)
            || !TryKey(ref reader, "voteKey", out var vote)
            || !TryKey(ref reader, "logKey", out var log)
            || !reader.TryName("transportPin") || !reader.TryDigest(out var pin)
            || !reader.TryName("url") || !reader.TryString(out string? url, Limits.MaxAddressLength)
            || !reader.TryName("peer") || !reader.TryString(out string? peer, Limits.MaxAddressLength)
            || !reader.TryEndObject() || !reader.AtEnd)
        {
            return false;
        }

        node = new NodeIdentity(name, attestation, vote, log, pin, url, peer);
        return true;
    }

    private static bool TryKey(ref CanonicalJsonReader reader, string name, [NotNullWhen(true)] out Ed25519PublicKey? key)
    {
        key = null;
        return reader.TryName(name) && reader.TryHexBytes(Ed25519PublicKey.Size, out byte[]? bytes) && Ed25519PublicKey.TryRead(bytes, out key);
    }
}
