using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.RepoNode.Operations;

namespace SupplyChain.RepoNode.Api;

/// <summary>
/// Who may upload: a publisher of the trust root in force, for one digest and size at a time (docs/protocol.md §10). It keeps
/// strangers from filling the disk and says nothing about the bytes.
/// </summary>
internal sealed class UploadPermission(NodeState state)
{
    public const string PublisherHeader = "Supplychain-Publisher";
    public const string SignatureHeader = "Supplychain-Signature";

    private static ReadOnlySpan<byte> Domain => "supplychain/upload/v1"u8;

    /// <summary>What a publisher signs.</summary>
    public static byte[] Message(string origin, Digest sha256, long size) =>
        new ByteWriter().Bytes(Domain).U8(0).Text16(origin).Digest(sha256).U64((ulong)size).ToArray();

    /// <returns>Null when the upload is permitted.</returns>
    public Problem? Check(IHeaderDictionary headers, Digest sha256, long size)
    {
        string? key = headers[PublisherHeader], signature = headers[SignatureHeader];
        if (key is null || signature is null)
            return Problem.UnknownPublisher($"{PublisherHeader} and {SignatureHeader} are missing.");

        var root = state.Current.Tip.Ledger.TrustRoot;
        var publisher = root.Publishers.FirstOrDefault(known => known.ToHex() == key);
        if (publisher is null) return Problem.UnknownPublisher("The trust root does not name this publisher.");
        return StrictBase64.TryDecode(signature, out byte[]? bytes)
            && publisher.Verify(Message(root.Origin, sha256, size), bytes)
            ? null
            : Problem.UnknownPublisher("The publisher's signature is not valid for this network, digest and size.");
    }
}
