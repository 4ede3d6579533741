using System.Net;
using System.Net.Sockets;

namespace SupplyChain.UpdaterAgent.Transport;

/// <summary>
/// Connects to a name with several addresses as RFC 8305 advises: the families take turns, and an address that does not answer
/// soon gets company. The base library tries them one after the other, and one family without a route would use up the
/// time of all.
/// </summary>
internal static class AddressRace
{
    /// <summary>The connection attempt delay that RFC 8305 §5 recommends.</summary>
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(250);

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>, which sets the deadline of the whole.</summary>
    public static async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken stop)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(host, stop);
        var socket = await First(TakingTurns(addresses), (address, end) => Open(new IPEndPoint(address, port), end), Delay, stop);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>The resolver's order within a family, and its first family first.</summary>
    internal static IReadOnlyList<IPAddress> TakingTurns(IReadOnlyList<IPAddress> addresses)
    {
        var families = addresses.GroupBy(address => address.AddressFamily).Select(family => family.ToList()).ToList();
        int longest = families.Count == 0 ? 0 : families.Max(family => family.Count);
        return [.. Enumerable.Range(0, longest).SelectMany(turn => families.Where(family => turn < family.Count).Select(family => family[turn]))];
    }

    /// <summary>The first connection that comes about.</summary>
    /// <exception cref="SocketException">None did, and this is how the last one failed.</exception>
    internal static async Task<T> First<T>(
        IReadOnlyList<IPAddress> addresses, Func<IPAddress, CancellationToken, Task<T>> connect, TimeSpan delay, CancellationToken stop)
        where T : IDisposable
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var waiting = new Queue<IPAddress>(addresses);
        var attempts = new List<Task<T>>();
        var failure = new SocketException((int)SocketError.HostNotFound);
        try
        {
            while (waiting.Count + attempts.Count > 0)
            {
                if (waiting.TryDequeue(out var next)) attempts.Add(connect(next, end.Token));
                var patience = Task.Delay(waiting.Count > 0 ? delay : Timeout.InfiniteTimeSpan, end.Token);
                var first = await Task.WhenAny([.. attempts, patience]);
                stop.ThrowIfCancellationRequested();
                if (first is not Task<T> done) continue;

                attempts.Remove(done);
                try
                {
                    return await done;
                }
                catch (SocketException refused)
                {
                    failure = refused;
                }
            }

            throw failure;
        }
        finally
        {
            await end.CancelAsync();
            foreach (var late in attempts) _ = Close(late);
        }
    }

    private static async Task<Socket> Open(IPEndPoint address, CancellationToken stop)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, stop);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // One that came about after all is not needed.
    private static async Task Close<T>(Task<T> late)
        where T : IDisposable
    {
        await ((Task)late).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (late.IsCompletedSuccessfully) late.Result.Dispose();
    }
}
