using SupplyChain.RepoNode.Core.Attestation;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Core.Attestation;

/// <summary>Whether the clock of node 3 of four may be believed, of whom one may lie.</summary>
public sealed class Clocks_of_peers
{
    private const long Now = 1_000_000_000, Skew = 60, Year = 365 * 86_400;

    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(500);
    private static readonly PeerClocks Untold = PeerClocks.Untold(TestNetwork.Create().Root.Quorum);

    [Fact]
    public void Nothing_is_confirmed_before_f_plus_one_peers_have_told_theirs()
    {
        Assert.Equal(ClockStanding.Unconfirmed, Of(Untold, Now));
        Assert.Equal(ClockStanding.Unconfirmed, Of(Untold.Hear(0, (ulong)Now, Steady), Now));
        Assert.Equal(ClockStanding.Confirmed, Of(Told(Now, Now), Now));
    }

    [Theory]
    [InlineData(Skew, ClockStanding.Confirmed)]
    [InlineData(Skew + 1, ClockStanding.Ahead)]
    [InlineData(Year, ClockStanding.Ahead)]
    [InlineData(-Year, ClockStanding.Confirmed)]
    public void A_clock_may_be_as_far_ahead_as_agents_bear_and_as_far_behind_as_it_likes(long off, ClockStanding expected) =>
        Assert.Equal(expected, Of(Told(Now, Now, Now), Now + off));

    [Theory]
    [InlineData(Year)]
    [InlineData(-Year)]
    public void One_liar_neither_confirms_a_wrong_clock_nor_keeps_a_right_one_from_being_confirmed(long lie)
    {
        var told = Told(Now, Now, Now + lie);
        Assert.Equal(ClockStanding.Confirmed, Of(told, Now));
        Assert.Equal(ClockStanding.Ahead, Of(told, Now + Year));
    }

    [Fact]
    public void Clocks_go_on_while_nobody_tells_anything()
    {
        var told = Told(Now, Now);
        Assert.Equal(Now + 3_600, told.Reached(Steady + TimeSpan.FromHours(1)));
        Assert.Equal(ClockStanding.Confirmed, told.StandingOf(Now + 3_600, Steady + TimeSpan.FromHours(1), Skew));
        Assert.Equal(ClockStanding.Ahead, told.StandingOf(Now + 3_600, Steady, Skew));
    }

    [Fact]
    public void What_a_peer_tells_last_counts()
    {
        var told = Told(Now + Year, Now + Year).Hear(0, (ulong)Now, Steady).Hear(1, (ulong)Now, Steady);
        Assert.Equal(Now, told.Reached(Steady));
    }

    [Fact]
    public void A_network_whose_agents_bear_no_skew_bears_that_of_blocks() =>
        Assert.Equal(ClockStanding.Confirmed, Told(Now, Now).StandingOf(Now + Bounds.SkewSeconds, Steady, skew: 0));

    [Fact]
    public void The_latest_time_there_is_breaks_nothing() =>
        Assert.Equal(ClockStanding.Confirmed, Of(Told((1L << 53) - 1, (1L << 53) - 1), Now));

    private static ClockStanding Of(PeerClocks clocks, long now) => clocks.StandingOf(now, Steady, Skew);

    private static PeerClocks Told(params long[] times) => times.Index()
        .Aggregate(Untold, (told, time) => told.Hear((byte)time.Index, (ulong)time.Item, Steady));
}
