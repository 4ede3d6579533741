using SupplyChain.RepoNode.Peers;

namespace SupplyChain.RepoNode.Tests.Host;

public sealed class BanishmentTests
{
    private readonly Hands _time = new();
    private readonly Banishment _banishment;

    public BanishmentTests() => _banishment = new Banishment(_time);

    [Fact]
    public void Who_was_banished_is_out_for_a_second_and_nobody_else_is()
    {
        Assert.Equal(TimeSpan.FromSeconds(1), _banishment.Banish(2));
        Assert.True(_banishment.IsBanished(2));
        Assert.False(_banishment.IsBanished(1));
        _time.Pass(TimeSpan.FromSeconds(1));
        Assert.False(_banishment.IsBanished(2));
    }

    [Fact]
    public void Each_time_is_twice_as_long_up_to_five_minutes()
    {
        var lengths = new List<double>();
        for (int i = 0; i < 11; i++)
        {
            var length = _banishment.Banish(2);
            lengths.Add(length.TotalSeconds);
            _time.Pass(length);
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300], lengths);
    }

    [Fact]
    public void What_was_on_its_way_when_it_was_banished_adds_nothing()
    {
        var told = new List<int>();
        _banishment.Banished += told.Add;
        for (int i = 0; i < 5; i++) Assert.Equal(TimeSpan.FromSeconds(1), _banishment.Banish(2));
        Assert.Equal([2], told);
    }

    [Fact]
    public void Half_an_hour_of_good_behaviour_is_a_new_beginning()
    {
        _banishment.Banish(2);
        _time.Pass(TimeSpan.FromSeconds(1));
        _banishment.Banish(2);
        _time.Pass(TimeSpan.FromMinutes(31));
        Assert.Equal(TimeSpan.FromSeconds(1), _banishment.Banish(2));
    }

    private sealed class Hands : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Pass(TimeSpan time) => _ticks += time.Ticks;
    }
}
