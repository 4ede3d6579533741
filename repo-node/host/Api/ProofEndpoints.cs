using Microsoft.Extensions.Primitives;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Verification;
using SupplyChain.RepoNode.Operations;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Api;

/// <summary>
/// Answers that carry their own proof, all about the newest certified checkpoint (docs/protocol.md §8).
/// </summary>
internal sealed class ProofEndpoints(NodeState state, TileStore tiles)
{
    private const string UpdateType = "application/vnd.supplychain.update";
    private const string Binary = "application/octet-stream";

    public IResult GetLatest(HttpContext context, string product, string channel)
    {
        if (!Names.IsName(product) || !Names.IsName(channel))
            return Problem.Malformed("Not the names of a product and a channel.");
        if (!TryReadFrom(context.Request.Query["from"], out var from))
            return Problem.Malformed("'from' is not a tree size.");
        if (state.Current.Certified is not { } certified) return Problem.Starting();

        return StaticContent.CurrentCompressed(context, BundleOf(certified, product, channel, from).ToBytes(), UpdateType);
    }

    public IResult GetMapRow(HttpContext context, string keyHash)
    {
        if (!Digest.TryParseHex(keyHash, out var hash))
            return Problem.Malformed("Not a key hash in lower-case hexadecimal.");
        if (state.Current.Certified is not { } certified) return Problem.Starting();

        var row = ProvenRow.Of(certified.Ledger.Map, new MapKey(hash));
        var answer = new MapAnswer(certified.Note, StateOf(certified), row);
        return StaticContent.Current(context, answer.ToBytes(), Binary);
    }

    private UpdateProof BundleOf(CertifiedState certified, string product, string channel, TreeSize from)
    {
        var map = certified.Ledger.Map;
        ulong version = certified.Ledger.TrustRoot.Version;
        var key = MapKey.Channel(product, channel);
        return new UpdateProof
        {
            Note = certified.Note,
            Consistency = ConsistencyFrom(certified, from),
            State = StateOf(certified),
            RootVersion = version,
            Root = ProvenRow.Of(map, MapKey.Root(version)),
            NextRoot = ProvenRow.Of(map, MapKey.Root(version + 1)),
            Channel = ProvenRow.Of(map, key),
            Promoted = map.TryGet(key, out var row) ? Promoted(certified, product, row) : null,
        };
    }

    private PromotedRelease Promoted(CertifiedState certified, string product, ReadOnlyMemory<byte> channelRow)
    {
        bool read = ChannelRow.TryRead(channelRow.Span, out var channel);
        Invariant.Holds(read && channel is not null, "the map's rows are canonical");
        return new PromotedRelease(
            ProvenRow.Of(certified.Ledger.Map, MapKey.Release(product, channel.Version)),
            Included(certified, channel.Promotion),
            Included(certified, channel.Release));
    }

    // A client that is ahead of this node gets no proof; it sees by the size that it is.
    private ConsistencyProof? ConsistencyFrom(CertifiedState certified, TreeSize from) =>
        from == TreeSize.Zero || from > certified.Size
            ? null
            : ProofBuilder.Consistency(tiles.At(certified.Size), from, certified.Size);

    private IncludedEntry StateOf(CertifiedState certified) => Included(certified, certified.Ledger.StateIndex);

    private IncludedEntry Included(CertifiedState certified, ulong index) => new(
        tiles.Entry(index, certified.Size), ProofBuilder.Inclusion(tiles.At(certified.Size), index, certified.Size));

    private static bool TryReadFrom(StringValues values, out TreeSize from)
    {
        from = TreeSize.Zero;
        if (values.Count == 0) return true;

        return values.Count == 1
            && StrictDecimal.TryDecode(values[0], out ulong size)
            && TreeSize.TryCreate(size, out from);
    }
}
