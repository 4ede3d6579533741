using System.Net;
using System.Net.Sockets;

namespace SupplyChain.Benchmarks;

/// <summary>A mirror that takes every connection and every request, and never says a word.</summary>
internal sealed class StalledMirror : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Socket> _held = [];
    private readonly Task _accepting;

    public StalledMirror()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Url => new($"http://{_listener.LocalEndpoint}/");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _held.ForEach(socket => socket.Dispose());
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true) _held.Add(await _listener.AcceptSocketAsync(_stop.Token));
    }
}
