using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Keys;

namespace SupplyChain.MaintainerTools.Publishing;

/// <summary>A publisher's permission to upload one artifact (docs/protocol.md §10).</summary>
/// <param name="Sha256">Of the artifact.</param>
/// <param name="Size">Of the artifact, bytes.</param>
/// <param name="Publisher">The key in hexadecimal.</param>
/// <param name="Signature">Base64.</param>
internal sealed record UploadPermit(Digest Sha256, long Size, string Publisher, string Signature)
{
    public static UploadPermit Sign(Ed25519PrivateKey publisher, string origin, Digest sha256, long size)
    {
        byte[] message = new ByteWriter().Bytes("supplychain/upload/v1"u8).U8(0).Text16(origin).Digest(sha256).U64((ulong)size).ToArray();
        return new UploadPermit(sha256, size, publisher.PublicKey.ToHex(), StrictBase64.Encode(publisher.Sign(message)));
    }
}
