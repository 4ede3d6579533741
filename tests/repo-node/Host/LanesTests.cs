using SupplyChain.RepoNode.Operations.Intake;

namespace SupplyChain.RepoNode.Tests.Host;

public sealed class LanesTests
{
    private readonly Lanes<string> _lanes = new(count: 3, maxItems: 4, maxBytes: 100);

    [Fact]
    public async Task Lanes_are_served_in_turn_however_much_one_of_them_holds()
    {
        foreach (string item in new[] { "a1", "a2", "a3" }) Assert.True(_lanes.TryAdd(0, item, 1));
        Assert.True(_lanes.TryAdd(2, "c1", 1));

        Assert.Equal(["a1", "c1", "a2", "a3"], await TakeAsync(4));
    }

    [Fact]
    public void A_full_lane_takes_nothing_and_the_others_do()
    {
        Assert.True(_lanes.TryAdd(0, "large", 90));
        Assert.False(_lanes.TryAdd(0, "next", 20));
        Assert.True(_lanes.TryAdd(1, "another's", 20));

        for (int i = 0; i < 4; i++) Assert.True(_lanes.TryAdd(2, "small", 1));
        Assert.False(_lanes.TryAdd(2, "one too many", 1));
    }

    [Fact]
    public void One_item_larger_than_a_lane_is_let_in_alone()
    {
        Assert.True(_lanes.TryAdd(0, "huge", 1_000));
        Assert.False(_lanes.TryAdd(0, "next", 1));
    }

    [Fact]
    public async Task A_writer_waits_until_its_own_lane_has_room()
    {
        Assert.True(_lanes.TryAdd(0, "first", 100));
        var waiting = _lanes.AddAsync(0, "second", 100, default).AsTask();
        Assert.False(waiting.IsCompleted);

        Assert.Equal(["first"], await TakeAsync(1));
        await waiting.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(["second"], await TakeAsync(1));
    }

    [Fact]
    public async Task A_reader_waits_for_the_first_item_and_what_may_not_wait_is_never_refused()
    {
        var taking = TakeAsync(6);
        for (int i = 0; i < 6; i++) _lanes.Add(1, $"{i}");

        Assert.Equal(["0", "1", "2", "3", "4", "5"], await taking.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    private async Task<List<string>> TakeAsync(int count)
    {
        var taken = new List<string>();
        while (taken.Count < count) taken.Add(await _lanes.TakeAsync(default));
        return taken;
    }
}
