using System.Net;
using System.Net.Sockets;
using SupplyChain.UpdaterAgent.Transport;

namespace SupplyChain.UpdaterAgent.Tests.Transport;

/// <summary>One address family is broken: no route, or a router that drops everything.</summary>
public sealed class AddressRaceTests
{
    private static readonly IPAddress Six = IPAddress.Parse("2001:db8::1"), OtherSix = IPAddress.Parse("2001:db8::2");
    private static readonly IPAddress Four = IPAddress.Parse("192.0.2.1");

    [Fact]
    public void The_families_take_turns_in_the_resolvers_order()
    {
        Assert.Equal([Six, Four, OtherSix], AddressRace.TakingTurns([Six, OtherSix, Four]));
        Assert.Equal([Four, Six, OtherSix], AddressRace.TakingTurns([Four, Six, OtherSix]));
        Assert.Empty(AddressRace.TakingTurns([]));
    }

    [Fact]
    public async Task A_family_that_is_silent_does_not_use_up_the_time_of_the_other()
    {
        var line = new Line { [Six] = Line.Silent, [Four] = Line.Connected };
        Assert.Equal(Four, (await Race(line)).Address);
    }

    [Fact]
    public async Task A_family_without_a_route_is_passed_over_at_once()
    {
        var line = new Line { [Six] = Line.Unreachable, [Four] = Line.Connected };
        Assert.Equal(Four, (await Race(line, delay: Timeout.InfiniteTimeSpan)).Address);
    }

    [Fact]
    public async Task The_first_address_is_alone_when_it_answers()
    {
        var line = new Line { [Six] = Line.Connected, [Four] = Line.Connected };
        Assert.Equal(Six, (await Race(line, delay: Timeout.InfiniteTimeSpan)).Address);
        Assert.Equal([Six], line.Tried);
    }

    [Fact]
    public async Task When_none_answers_the_last_failure_is_told()
    {
        var line = new Line { [Six] = Line.Unreachable, [Four] = Line.Refused };
        var failure = await Assert.ThrowsAsync<SocketException>(() => Race(line));
        Assert.Equal(SocketError.ConnectionRefused, failure.SocketErrorCode);
    }

    [Fact]
    public async Task A_connection_that_comes_too_late_is_closed()
    {
        var late = new TaskCompletionSource<Connection>();
        var line = new Line { [Six] = (_, _) => late.Task, [Four] = Line.Connected };
        Assert.Equal(Four, (await Race(line)).Address);
        var connection = new Connection(Six);
        late.SetResult(connection);
        Assert.True(connection.IsClosed);
    }

    [Fact]
    public async Task A_deadline_ends_the_race()
    {
        var line = new Line { [Six] = Line.Silent, [Four] = Line.Silent };
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Race(line, stop: stop.Token));
    }

    private static Task<Connection> Race(Line line, TimeSpan? delay = null, CancellationToken stop = default) =>
        AddressRace.First([Six, Four], line.Connect, delay ?? TimeSpan.FromMilliseconds(10), stop);

    private sealed class Connection(IPAddress address) : IDisposable
    {
        public IPAddress Address => address;

        public bool IsClosed { get; private set; }

        public void Dispose() => IsClosed = true;
    }

    private sealed class Line : Dictionary<IPAddress, Func<IPAddress, CancellationToken, Task<Connection>>>
    {
        public List<IPAddress> Tried { get; } = [];

        public Task<Connection> Connect(IPAddress address, CancellationToken stop)
        {
            Tried.Add(address);
            return this[address](address, stop);
        }

        public static Task<Connection> Connected(IPAddress address, CancellationToken stop) => Task.FromResult(new Connection(address));

        public static async Task<Connection> Silent(IPAddress address, CancellationToken stop)
        {
            await Task.Delay(Timeout.Infinite, stop);
            throw new InvalidOperationException();
        }

        public static Task<Connection> Unreachable(IPAddress address, CancellationToken stop) =>
            Task.FromException<Connection>(new SocketException((int)SocketError.NetworkUnreachable));

        public static Task<Connection> Refused(IPAddress address, CancellationToken stop) =>
            Task.FromException<Connection>(new SocketException((int)SocketError.ConnectionRefused));
    }
}
