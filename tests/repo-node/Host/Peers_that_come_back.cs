using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Peers;

namespace SupplyChain.RepoNode.Tests.Host;

/// <summary>What a node does about its calls when a peer was away: node 1 calls, node 0 listens.</summary>
public sealed class Peers_that_come_back : IAsyncDisposable, IAsyncLifetime
{
    private readonly PeerServers _peers = new();

    public Task InitializeAsync() => _peers.ServeAsync(0);

    public ValueTask DisposeAsync() => _peers.DisposeAsync();

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    [Fact]
    public async Task A_peer_that_comes_back_is_called_back_at_once()
    {
        var patience = new ShortTimers();
        using var stop = new CancellationTokenSource();
        var calls = _peers.CallsOf(1, patience);
        var calling = calls.RunAsync(_ => { }, stop.Token);
        await patience.LongWait.WaitAsync(TimeSpan.FromSeconds(30));

        // Node 2 is there from now on, and node 1 would never find out by itself.
        await _peers.ServeAsync(2);
        await _peers.ServeAsync(1, calls);
        var returned = _peers.CallsOf(2).RunAsync(_ => { }, stop.Token);

        await LoopbackNetwork.EventuallyAsync(() => Task.FromResult(calls.IsConnected(2)));
        await stop.CancelAsync();
        await Task.WhenAll(calling, returned);
    }

    [Fact]
    public async Task A_peer_that_calls_anew_is_called_anew_for_the_old_connection_may_lead_nowhere()
    {
        var time = new LaterTime();
        using var stop = new CancellationTokenSource();
        var calls = _peers.CallsOf(1, time);
        var calling = calls.RunAsync(_ => { }, stop.Token);
        _peers.Received.Stalls = true;
        calls.Send(0, new PeerMessage.AsksChain(1));
        await LoopbackNetwork.EventuallyAsync(() => Task.FromResult(!_peers.Received.Frames.IsEmpty));

        // More than fits between the two: the old connection takes nothing any more.
        for (int i = 0; i < 32; i++) calls.Send(0, 99, new byte[1 << 20]);
        _peers.Received.Stalls = false;
        time.Pass(TimeSpan.FromMinutes(1));
        calls.PeerSeen(0);

        await LoopbackNetwork.EventuallyAsync(() => Task.FromResult(_peers.Received.Frames.Count > 1));
        await stop.CancelAsync();
        await calling;
    }

    [Fact]
    public async Task A_connection_that_is_young_is_kept_when_the_peer_calls()
    {
        using var stop = new CancellationTokenSource();
        int connected = 0;
        var calls = _peers.CallsOf(1);
        var calling = calls.RunAsync(node => connected += node == 0 ? 1 : 0, stop.Token);
        await LoopbackNetwork.EventuallyAsync(() => Task.FromResult(calls.IsConnected(0)));
        calls.PeerSeen(0);
        for (byte i = 1; i <= 3; i++)
        {
            calls.Send(0, new PeerMessage.AsksChain(i));
            await LoopbackNetwork.EventuallyAsync(() => Task.FromResult(_peers.Received.Frames.Count == i));
        }

        Assert.Equal(1, connected);
        await stop.CancelAsync();
        await calling;
    }

    [Fact]
    public void A_call_ends_when_the_peer_acknowledges_nothing_for_half_a_minute()
    {
        if (!OperatingSystem.IsLinux()) return;

        using var socket = PeerSocket.Create();
        byte[] milliseconds = new byte[sizeof(int)];
        socket.GetRawSocketOption(PeerSocket.TcpLevel, PeerSocket.TcpUserTimeout, milliseconds);
        Assert.Equal(30_000, BitConverter.ToInt32(milliseconds));
    }

    /// <summary>The system's, of which as much passes at once as a test says.</summary>
    private sealed class LaterTime : TimeProvider
    {
        private long _passed;

        public void Pass(TimeSpan time) =>
            Interlocked.Add(ref _passed, (long)(time.TotalSeconds * TimestampFrequency));

        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _passed);
    }

    /// <summary>Waits as long as was asked for up to half a second, and for ever when asked for more.</summary>
    private sealed class ShortTimers : TimeProvider
    {
        private readonly TaskCompletionSource _longWait = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _waits;

        /// <summary>Ends when both peers that are out of reach are waited for that long; the third is there.</summary>
        public Task LongWait => _longWait.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime <= TimeSpan.FromSeconds(0.5)) return base.CreateTimer(callback, state, dueTime, period);
            if (Interlocked.Increment(ref _waits) == 2) _longWait.SetResult();
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
        }
    }
}
