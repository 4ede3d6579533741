using SupplyChain.MaintainerTools.Demo.Cast;

namespace SupplyChain.MaintainerTools.Demo.Attacks;

/// <summary>Several mirrors, each with its lie, where these nodes stood.</summary>
internal sealed class LyingMirrors(NodeNetwork network, IEnumerable<(int Node, Lie Lie)> lies) : IAsyncDisposable
{
    private readonly List<LyingMirror> _mirrors = [.. lies.Select(one => new LyingMirror(network.Urls[one.Node], network.Urls[0], one.Lie))];

    public async ValueTask DisposeAsync()
    {
        foreach (LyingMirror mirror in _mirrors) await mirror.DisposeAsync();
    }
}
