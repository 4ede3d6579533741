using System.Net;
using SupplyChain.RepoNode.Operations.Uploads;
using static SupplyChain.RepoNode.Tests.Host.Problems;

namespace SupplyChain.RepoNode.Tests.Host.Uploads;

/// <summary>A node whose operator grants little.</summary>
public sealed class UploadApiTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly LoopbackNetwork _nodes = new() { UploadLimits = new UploadLimits(2 << 20, TimeSpan.FromHours(5)) };

    public Task InitializeAsync() => _nodes.StartAsync(0);

    public ValueTask DisposeAsync() => _nodes.DisposeAsync();

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    [Fact]
    public async Task What_is_more_than_a_publishers_share_is_refused_by_name_with_what_to_do()
    {
        for (int size = 1; size <= 2; size++)
        {
            using var taken = await _nodes.Clients[0].SendAsync(_nodes.Upload(new byte[size]));
            Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
        }

        var refused = await _nodes.Clients[0].SendAsync(_nodes.Upload(new byte[3]));
        string problem = await refused.Content.ReadAsStringAsync();
        await AssertProblemAsync(refused, HttpStatusCode.InsufficientStorage, "quota-exceeded");
        Assert.Contains("Submit their statements", problem, StringComparison.Ordinal);
        Assert.Contains("5 hours", problem, StringComparison.Ordinal);

        // What is there already costs nothing, whoever brings it again.
        using var again = await _nodes.Clients[0].SendAsync(_nodes.Upload(new byte[1]));
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
    }
}
