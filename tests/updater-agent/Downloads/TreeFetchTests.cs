using System.Diagnostics;
using SupplyChain.Protocol.Artifacts;
using SupplyChain.Protocol.Statements;
using SupplyChain.UpdaterAgent.Core.Download;
using SupplyChain.UpdaterAgent.Downloads;
using SupplyChain.UpdaterAgent.Tests.Network;
using SupplyChain.UpdaterAgent.Transport;

namespace SupplyChain.UpdaterAgent.Tests.Downloads;

public sealed class TreeFetchTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1), Short = TimeSpan.FromMilliseconds(50);

    private readonly FakeNetwork _network = new();
    private readonly HttpClient _http;
    private readonly Artifact _artifact;

    public TreeFetchTests()
    {
        _http = new HttpClient(_network, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        _artifact = _network.Offer("1.0.0", new byte[100_000]).Artifacts[0];
    }

    [Fact]
    public async Task Silent_nodes_are_not_waited_for_and_not_blamed()
    {
        foreach (var silent in _network.Nodes.Take(3)) silent.Tamper = Stall;
        long start = Stopwatch.GetTimestamp();
        var (tree, fetch) = await Run();
        Assert.Equal(_artifact.FsVerity, tree!.Digest);
        Assert.Empty(fetch.Faults);
        // Far below the deadline of a single request.
        Assert.True(Stopwatch.GetElapsedTime(start) < TransportLimits.Default.Tree / 2);
    }

    [Fact]
    public async Task A_tree_that_is_on_its_way_is_fetched_once()
    {
        Assert.NotNull((await Run(patience: Long)).Tree);
        Assert.Single(_network.Requests);
    }

    [Fact]
    public async Task Nodes_that_fail_or_lie_are_named_and_the_next_one_is_asked_at_once()
    {
        _network.Nodes[0].IsDead = true;
        _network.Nodes[1].Tamper = (_, honest) =>
        {
            honest.Content = BadBodies.Altered(honest.Content);
            return honest;
        };
        var (tree, fetch) = await Run(patience: Long);
        Assert.NotNull(tree);
        Assert.Equal([(0, "unreachable"), (1, "altered-tree")], fetch.Faults.Select(fault => (fault.Node, fault.Fault.Name)));
        Assert.Equal(3, _network.Requests.Count);
    }

    [Fact]
    public async Task Without_any_tree_every_node_is_named()
    {
        foreach (var node in _network.Nodes) node.IsDead = true;
        var (tree, fetch) = await Run();
        Assert.Null(tree);
        Assert.Equal([0, 1, 2, 3], fetch.Faults.Select(fault => fault.Node));
    }

    [Fact]
    public async Task A_stop_ends_every_request()
    {
        foreach (var node in _network.Nodes) node.Tamper = Stall;
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Run(stop: stop.Token));
    }

    public void Dispose()
    {
        _http.Dispose();
        _network.Dispose();
    }

    private async Task<(VerityTree? Tree, TreeFetch Fetch)> Run(TimeSpan? patience = null, CancellationToken stop = default)
    {
        Uri[] urls = [.. _network.Root.Nodes.Select(node => new Uri(node.Url + "/"))];
        var nodes = new NodeClient(_http, urls, TransportLimits.Default, TimeProvider.System, new Traffic());
        var fetch = new TreeFetch(nodes, new DownloadLimits { TreePatience = patience ?? Short }, TimeProvider.System);
        return (await fetch.Run(_artifact, [0, 1, 2, 3], stop), fetch);
    }

    private static HttpResponseMessage Stall(string path, HttpResponseMessage honest)
    {
        honest.Content = BadBodies.Stalling(honest.Content, 100);
        return honest;
    }
}
