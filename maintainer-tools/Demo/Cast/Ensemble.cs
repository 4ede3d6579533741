namespace SupplyChain.MaintainerTools.Demo.Cast;

/// <summary>Everybody on the stage: the maintainers, the nodes, the release engineer, and as many endpoints as the acts need.</summary>
internal sealed class Ensemble : IAsyncDisposable
{
    private readonly string _folder;
    private readonly Stage _stage;
    private int _endpoints;

    public Ensemble(string folder, Payload payload, Stage stage)
    {
        (_folder, _stage) = (folder, stage);
        Maintainers = new Maintainers(folder, stage);
        Network = new NodeNetwork(folder, stage);
        Desk = new ReleaseDesk(folder, payload, Maintainers, Network, stage);
    }

    public Maintainers Maintainers { get; }

    public NodeNetwork Network { get; }

    public ReleaseDesk Desk { get; }

    /// <summary>A machine with an agent that knows the trust root and nothing else.</summary>
    public async Task<Endpoint> NewEndpointAsync()
    {
        var endpoint = new Endpoint(Path.Combine(_folder, $"endpoint-{++_endpoints}"), _stage);
        await endpoint.InitialiseAsync(Network.TrustRoot);
        return endpoint;
    }

    public ValueTask DisposeAsync() => Network.DisposeAsync();
}
