using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.MaintainerTools.Publishing;

/// <summary>
/// Where the next release or promotion goes: behind what the map has now. Read from a quorum's map, or from one node's word;
/// a wrong word costs a refusal as <c>stale</c>, nothing more.
/// </summary>
/// <param name="ReadRow">The current value of a map row; null when there is none.</param>
internal sealed record ChainPosition(Func<MapKey, CancellationToken, Task<ReadOnlyMemory<byte>?>> ReadRow)
{
    public static ChainPosition ProvenBy(Network network) =>
        new(async (key, cancellation) => (await network.RowAsync(key, cancellation).ConfigureAwait(false)).Value);

    public static ChainPosition ClaimedBy(NodeClient node) => new(async (key, cancellation) =>
    {
        try
        {
            return (await node.MapAsync(key, cancellation).ConfigureAwait(false)).Row.Value;
        }
        catch (Exception e) when (Upload.IsNetwork(e, cancellation))
        {
            throw CommandFailure.Environment("no-answer", $"{node.Name} gives no answer that can be used: {Upload.Describe(e)}",
                "check that this is a node's URL and that the node runs, or give --trust-root to ask all of them");
        }
    });

    /// <summary>Sequence and previous id of a product's next release.</summary>
    public async Task<(ulong Sequence, Digest Previous)> NextReleaseAsync(string origin, string product, CancellationToken cancellation)
    {
        if (await ReadRow(MapKey.Product(product), cancellation).ConfigureAwait(false) is not { } value)
            return (1, Release.FirstPrevious(origin, product));

        return ProductRow.TryRead(value.Span, out var row) ? (row.Sequence + 1, row.Id) : throw Malformed(product);
    }

    /// <summary>Previous id of a channel's next promotion.</summary>
    public async Task<Digest> NextPromotionAsync(string origin, string product, string channel, CancellationToken cancellation)
    {
        if (await ReadRow(MapKey.Channel(product, channel), cancellation).ConfigureAwait(false) is not { } value)
            return Promotion.FirstPrevious(origin, product, channel);

        return ChannelRow.TryRead(value.Span, out var row) ? row.Id : throw Malformed(product);
    }

    private static CommandFailure Malformed(string product) => CommandFailure.Refused("row-malformed",
        $"The node's row for {product} is not in its one spelling.", "ask another node, or give --trust-root to have it proven");
}
