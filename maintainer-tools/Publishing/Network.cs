using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Trust;
using SupplyChain.Protocol.Verification;

namespace SupplyChain.MaintainerTools.Publishing;

/// <summary>All nodes of a trust root. What it returns was certified by a quorum, whichever node said it.</summary>
internal sealed class Network(TrustRoot root, HttpClient http, TimeProvider time, RequestTimes? times = null)
{
    private readonly UpdateVerifier _verifier = new(root);

    public TrustRoot Root { get; } = root;

    public IReadOnlyList<NodeClient> Nodes { get; } = [.. root.Nodes.Select(node => new NodeClient(http, node.Name, node.Url, times))];

    /// <summary>The current row of the map, from the first node whose answer proves it.</summary>
    /// <exception cref="CommandFailure">No node proves it.</exception>
    public async Task<AttestedRow> RowAsync(MapKey key, CancellationToken cancellation)
    {
        var failures = new List<string>();
        foreach (var node in Nodes)
        {
            var (row, failure) = await TryRowAsync(node, key, cancellation).ConfigureAwait(false);
            if (row is not null) return row;
            failures.Add($"{node.Name}: {failure}");
        }

        throw CommandFailure.NoQuorum("no-proof", $"No node proves what the network says now: {string.Join("; ", failures)}.",
            "check the network with `repo-node status`, and this machine's clock");
    }

    /// <summary>The row as this node proves it, or why it does not.</summary>
    public async Task<(AttestedRow? Row, string? Failure)> TryRowAsync(NodeClient node, MapKey key, CancellationToken cancellation)
    {
        try
        {
            var answer = await node.MapAsync(key, cancellation).ConfigureAwait(false);
            return _verifier.VerifyRow(answer, key, time.GetUtcNow().ToUnixTimeSeconds()).TryGet(out var row, out var rejection)
                ? (row, null)
                : (null, rejection.ToString());
        }
        catch (Exception e) when (Upload.IsNetwork(e, cancellation))
        {
            return (null, Upload.Describe(e));
        }
    }
}
