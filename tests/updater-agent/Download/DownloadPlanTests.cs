using SupplyChain.Tests.Kit;
using SupplyChain.UpdaterAgent.Core;
using SupplyChain.UpdaterAgent.Core.Download;

namespace SupplyChain.UpdaterAgent.Tests.Download;

public sealed class DownloadPlanTests
{
    private static readonly DownloadLimits Limits = new();
    private static readonly NodeFault Silent = new(FaultKind.Stalled, "silent");
    private static readonly NodeFault Lie = new(FaultKind.AlteredPiece, "other bytes");

    [Fact]
    public void The_first_requests_go_to_all_nodes()
    {
        var plan = Plan(pieces: 8, nodes: 4);
        var asked = Enumerable.Range(0, 4).Select(_ => plan.Next(default)!).ToList();
        Assert.Equal([0, 1, 2, 3], asked.Select(a => a.Node).Order());
        Assert.Equal([0, 1, 2, 3], asked.Select(a => a.Piece));
    }

    [Fact]
    public void No_node_gets_more_than_its_share_of_open_requests()
    {
        var plan = Plan(pieces: 100, nodes: 2);
        Assert.Equal(2 * Limits.PerNode, All(plan, default).Count);
        Assert.Null(plan.Next(default));
    }

    [Fact]
    public void Pieces_from_an_earlier_run_are_not_asked_for()
    {
        var kept = new PieceSet(3);
        kept.Add(0);
        kept.Add(2);
        var plan = new DownloadPlan(kept, 1, Limits);
        Assert.Equal(1, Assert.Single(All(plan, default)).Piece);
    }

    [Fact]
    public void A_plan_with_every_piece_is_complete_and_never_hopeless()
    {
        var plan = Plan(pieces: 0, nodes: 1);
        Assert.True(plan.IsComplete);
        Assert.False(plan.IsHopeless);
        Assert.Null(plan.Next(default));
    }

    [Fact]
    public void A_piece_that_failed_goes_to_another_node()
    {
        var plan = Plan(pieces: 1, nodes: 2);
        var first = plan.Next(default)!;
        plan.Failed(first, Silent, default);
        var second = plan.Next(default)!;
        Assert.Equal(first.Piece, second.Piece);
        Assert.NotEqual(first.Node, second.Node);
    }

    [Fact]
    public void The_last_node_gets_a_piece_back_after_its_rest()
    {
        var plan = Plan(pieces: 1, nodes: 1);
        plan.Failed(plan.Next(default)!, Silent, default);
        Assert.Null(plan.Next(default));
        Assert.Equal(Limits.Rest, plan.NextTry(default));
        Assert.NotNull(plan.Next(Limits.Rest));
    }

    [Fact]
    public void A_liar_is_named_and_never_asked_again()
    {
        var plan = Plan(pieces: 4, nodes: 2);
        var lying = All(plan, default).First(a => a.Node == 1);
        var cancelled = plan.Failed(lying, Lie, default);
        Assert.All(cancelled, a => Assert.Equal(1, a.Node));

        Finish(plan);
        Assert.True(plan.IsComplete);
        Assert.Equal(NodeStanding.Liar, plan.Conduct[1].Standing);
        Assert.Equal(Lie, Assert.Single(plan.Conduct[1].Faults));
        Assert.Equal(0, plan.Conduct[1].Pieces);
        Assert.Equal(4, plan.Conduct[0].Pieces);
    }

    [Fact]
    public void A_node_that_fails_in_a_row_is_dropped_and_the_download_ends_when_none_is_left()
    {
        var plan = Plan(pieces: 1, nodes: 1);
        var now = TimeSpan.Zero;
        for (int failure = 0; failure < Limits.FailuresPerNode; failure++)
        {
            Assert.False(plan.IsHopeless);
            plan.Failed(plan.Next(now)!, Silent, now);
            now += TimeSpan.FromMinutes(1);
        }

        Assert.True(plan.IsHopeless);
        Assert.Null(plan.Next(now));
        Assert.Equal(NodeStanding.Dropped, plan.Conduct[0].Standing);
    }

    [Fact]
    public void Requests_that_fail_together_are_one_failure_in_a_row()
    {
        var plan = Plan(pieces: 20, nodes: 1);
        var now = TimeSpan.Zero;
        for (int round = 1; round <= Limits.FailuresPerNode; round++)
        {
            Assert.Equal(NodeStanding.InUse, plan.Conduct[0].Standing);
            var together = All(plan, now);
            Assert.Equal(Limits.PerNode, together.Count);
            foreach (var one in together) plan.Failed(one, Silent, now);
            now += TimeSpan.FromMinutes(1);
        }

        Assert.Equal(NodeStanding.Dropped, plan.Conduct[0].Standing);
    }

    [Fact]
    public void A_piece_in_between_forgives_earlier_failures()
    {
        var plan = Plan(pieces: 20, nodes: 1);
        var now = TimeSpan.Zero;
        for (int round = 0; round < 3 * Limits.FailuresPerNode; round++)
        {
            now += TimeSpan.FromMinutes(1);
            plan.Failed(plan.Next(now)!, Silent, now);
            now += TimeSpan.FromMinutes(1);
            plan.Kept(plan.Next(now)!);
        }

        Assert.Equal(NodeStanding.InUse, plan.Conduct[0].Standing);
    }

    [Fact]
    public void Silence_is_overdue_and_a_byte_is_not()
    {
        var plan = Plan(pieces: 1, nodes: 2);
        var request = plan.Next(default)!;
        Assert.Empty(plan.Overdue(Limits.Stall - TimeSpan.FromTicks(1)));
        Assert.Equal([request], plan.Overdue(Limits.Stall));

        plan.Progress(request, 1, Limits.Stall);
        Assert.Empty(plan.Overdue(Limits.Stall));
    }

    [Fact]
    public void Dripping_below_the_minimum_rate_is_overdue_after_the_grace()
    {
        var plan = Plan(pieces: 1, nodes: 2);
        var request = plan.Next(default)!;
        long enough = (long)(Limits.MinimumRate * Limits.Grace.TotalSeconds);
        plan.Progress(request, enough - 1, Limits.Grace);
        Assert.Equal([request], plan.Overdue(Limits.Grace));

        plan.Progress(request, enough, Limits.Grace);
        Assert.Empty(plan.Overdue(Limits.Grace));
    }

    [Fact]
    public void The_last_piece_is_asked_for_twice_when_its_node_is_late()
    {
        var plan = Plan(pieces: 1, nodes: 2);
        var slow = plan.Next(default)!;
        Assert.Null(plan.Next(default));
        Assert.Equal(Limits.HedgeAfter, plan.NextTry(default));

        var twin = plan.Next(Limits.HedgeAfter)!;
        Assert.NotEqual(slow.Node, twin.Node);
        Assert.Null(plan.Next(Limits.HedgeAfter));
        Assert.Equal([slow], plan.Kept(twin));
        Assert.True(plan.IsComplete);
        Assert.Equal(0, plan.InFlight);
    }

    [Fact]
    public void A_twin_that_fails_leaves_the_piece_with_the_other()
    {
        var plan = Plan(pieces: 1, nodes: 3);
        var slow = plan.Next(default)!;
        var twin = plan.Next(Limits.HedgeAfter)!;
        plan.Failed(slow, Silent, Limits.HedgeAfter);
        Assert.Null(plan.Next(Limits.HedgeAfter));
        plan.Kept(twin);
        Assert.True(plan.IsComplete);
    }

    [Fact]
    public void A_request_that_is_not_in_flight_is_the_callers_mistake()
    {
        var plan = Plan(pieces: 1, nodes: 1);
        Assert.Throws<ArgumentException>(() => plan.Kept(new Assignment(0, 0)));
    }

    [Fact]
    public void One_honest_node_is_enough_whatever_the_others_do() => ForAll.Seeds(300, random =>
    {
        int nodes = random.Next(1, 6), pieces = random.Next(0, 40), honest = random.Next(nodes);
        var plan = Plan(pieces, nodes);
        var flights = new List<Assignment>();
        var now = TimeSpan.Zero;
        for (int step = 0; !plan.IsComplete; step++)
        {
            Assert.True(step < 10_000, "the download does not end");
            Assert.False(plan.IsHopeless);
            flights.AddRange(All(plan, now));
            now += TimeSpan.FromMilliseconds(random.Next(1, 800));
            if (flights.Count == 0) continue;

            var one = flights[random.Next(flights.Count)];
            flights.Remove(one);
            var gone = one.Node == honest || random.Next(3) == 0 ? plan.Kept(one)
                : plan.Failed(one, random.Next(4) == 0 ? Lie : Silent, now);
            flights.RemoveAll(gone.Contains);
            Assert.Equal(flights.Count, plan.InFlight);
        }

        Assert.Equal(pieces, plan.Conduct.Sum(node => node.Pieces));
    });

    private static DownloadPlan Plan(int pieces, int nodes) => new(new PieceSet(pieces), nodes, Limits);

    private static List<Assignment> All(DownloadPlan plan, TimeSpan now)
    {
        var all = new List<Assignment>();
        while (plan.Next(now) is { } assignment) all.Add(assignment);
        return all;
    }

    // Everything in flight or to come arrives at once.
    private static void Finish(DownloadPlan plan)
    {
        for (int node = 0; node < plan.Conduct.Count; node++)
        {
            for (int piece = 0; piece < 4; piece++)
            {
                try { plan.Kept(new Assignment(piece, node)); }
                catch (ArgumentException) { /* not in flight */ }
            }
        }

        while (plan.Next(default) is { } assignment) plan.Kept(assignment);
    }
}
