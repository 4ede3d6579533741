using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Keys;
using SupplyChain.RepoNode.Operations;
using SupplyChain.RepoNode.Peers;

namespace SupplyChain.RepoNode.Api;

/// <summary>
/// Who may upload: a publisher of the trust root in force, one digest and size at a time, to this node, and soon
/// (docs/protocol.md §10). It keeps strangers from filling the disk and says nothing about the bytes. Permits travel in
/// the clear: whoever reads one can use it nowhere else, and not for long.
/// </summary>
internal sealed class UploadPermission(NodeState state, PeerSet peers, TimeProvider time)
{
    public const string PublisherHeader = "Supplychain-Publisher";
    public const string ExpiresHeader = "Supplychain-Expires";
    public const string SignatureHeader = "Supplychain-Signature";

    /// <summary>How far ahead a permit may end: it is made for an hour, and clocks differ.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(2);

    private static ReadOnlySpan<byte> Domain => "supplychain/upload/v2"u8;

    /// <summary>What a publisher signs.</summary>
    /// <param name="origin">Of the network.</param>
    /// <param name="node">The name of the node it is for.</param>
    /// <param name="sha256">Of the artifact.</param>
    /// <param name="size">Of the artifact, bytes.</param>
    /// <param name="expires">Unix seconds; from then on it permits nothing.</param>
    public static byte[] Message(string origin, string node, Digest sha256, long size, ulong expires) =>
        new ByteWriter().Bytes(Domain).U8(0).Text16(origin).Text16(node).Digest(sha256).U64((ulong)size).U64(expires).ToArray();

    /// <returns>False when the upload is not permitted; then the refusal says why.</returns>
    public bool TryCheck(
        IHeaderDictionary headers, Digest sha256, long size, [NotNullWhen(true)] out Ed25519PublicKey? publisher,
        [NotNullWhen(false)] out Problem? refusal)
    {
        publisher = null;
        string? key = headers[PublisherHeader], until = headers[ExpiresHeader], signature = headers[SignatureHeader];
        if (key is null || until is null || signature is null)
        {
            refusal = Problem.UnknownPublisher($"{PublisherHeader}, {ExpiresHeader} or {SignatureHeader} is missing.");
            return false;
        }

        var root = state.Current.Tip.Ledger.TrustRoot;
        var named = root.Publishers.FirstOrDefault(known => known.ToHex() == key);
        if (named is null)
            refusal = Problem.UnknownPublisher("The trust root does not name this publisher.");
        else if (!StrictDecimal.TryDecode(until, out ulong expires) || !StrictBase64.TryDecode(signature, out byte[]? bytes)
            || !named.Verify(Message(root.Origin, peers.Hello.Name, sha256, size, expires), bytes))
            refusal = Problem.UnknownPublisher(
                $"The publisher's signature is not valid for this network, node {peers.Hello.Name}, digest, size and end.");
        else
            refusal = CheckEnd(expires);

        if (refusal is not null) return false;

        publisher = named!;
        return true;
    }

    private Problem? CheckEnd(ulong expires)
    {
        var now = time.GetUtcNow();
        string clock = $"it ends at {expires}, and this node's clock shows {now.ToUnixTimeSeconds()} Unix seconds";
        if (expires <= (ulong)now.ToUnixTimeSeconds())
            return Problem.PermitExpired($"The permit is over: {clock}. Sign a new one, by a clock that is right.");

        return expires > (ulong)(now + Longest).ToUnixTimeSeconds()
            ? Problem.PermitTooLong($"The permit ends more than {Longest.TotalHours} hours ahead: {clock}. Sign a shorter one.")
            : null;
    }
}
