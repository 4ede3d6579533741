using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.MaintainerTools.Publishing;

/// <summary>A publisher's permission to upload one artifact to one node, for a while (docs/protocol.md §10).</summary>
/// <param name="Sha256">Of the artifact.</param>
/// <param name="Size">Of the artifact, bytes.</param>
/// <param name="Publisher">The key in hexadecimal.</param>
/// <param name="Expires">Unix seconds.</param>
/// <param name="Signature">Base64.</param>
internal sealed record UploadPermit(Digest Sha256, long Size, string Publisher, ulong Expires, string Signature);

/// <summary>Signs permits by this machine's clock, a new one for every request.</summary>
internal sealed class UploadPermits(Ed25519PrivateKey publisher, string origin, TimeProvider time)
{
    // A node that is ahead by less than this takes them; it refuses those that end more than two hours ahead.
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    public UploadPermit For(string node, Artifact artifact)
    {
        ulong expires = (ulong)(time.GetUtcNow() + Lifetime).ToUnixTimeSeconds();
        byte[] message = new ByteWriter().Bytes("supplychain/upload/v2"u8).U8(0)
            .Text16(origin).Text16(node).Digest(artifact.Sha256).U64(artifact.Size).U64(expires).ToArray();
        return new UploadPermit(
            artifact.Sha256, (long)artifact.Size, publisher.PublicKey.ToHex(), expires, StrictBase64.Encode(publisher.Sign(message)));
    }
}
