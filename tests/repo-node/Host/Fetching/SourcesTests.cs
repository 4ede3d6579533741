using SupplyChain.RepoNode.Operations.Fetching;

namespace SupplyChain.RepoNode.Tests.Host.Fetching;

/// <summary>Whom the fetcher asks first, by what it has seen of them.</summary>
public sealed class SourcesTests
{
    private static readonly byte[] Right = new byte[512 << 10];

    private readonly HandSetClock _clock = new();

    [Fact]
    public async Task A_slow_source_is_asked_after_the_quick_ones()
    {
        var sources = SourcesOf("slow", "quick", "quicker");
        await AskEveryOneAsync(sources);

        Assert.Equal(["quicker"], await AskAsync(sources));
        Assert.Equal(["quicker", "quick", "slow"], await AskAsync(sources, gives: _ => new Reply.Lacks()));
    }

    [Fact]
    public async Task One_that_failed_rests_and_is_asked_when_the_others_do_not_have_it()
    {
        var sources = SourcesOf("quicker", "quick");
        await AskEveryOneAsync(sources);
        await AskAsync(sources, gives: name => name == "quicker" ? new Reply.Fails() : new Reply.Gives(Right));

        Assert.Equal(["quick"], await AskAsync(sources));
        Assert.Equal(["quick", "quicker"], await AskAsync(sources, gives: name =>
            name == "quick" ? new Reply.Lacks() : new Reply.Gives(Right)));
    }

    [Fact]
    public async Task One_that_rested_is_asked_again()
    {
        var sources = SourcesOf("quicker", "quick");
        await AskEveryOneAsync(sources);
        await AskAsync(sources, gives: name => name == "quicker" ? new Reply.Fails() : new Reply.Gives(Right));

        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(["quicker"], await AskAsync(sources));
    }

    [Fact]
    public async Task One_that_lied_rests_longest()
    {
        var sources = SourcesOf("quicker", "quick");
        await AskEveryOneAsync(sources);
        await AskAsync(sources, gives: name => new Reply.Gives(name == "quicker" ? [1] : Right));

        _clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(["quick"], await AskAsync(sources));

        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(["quicker"], await AskAsync(sources));
    }

    [Fact]
    public async Task One_that_lacks_the_artifact_is_not_asked_for_it_again()
    {
        var sources = SourcesOf("quicker", "quick");
        await AskEveryOneAsync(sources);
        HashSet<Source> lacking = [];
        await AskAsync(sources, name => name == "quicker" ? new Reply.Lacks() : new Reply.Gives(Right), lacking);

        Assert.Equal(["quick"], await AskAsync(sources, lacking: lacking));
        Assert.Equal(["quicker"], await AskAsync(sources));
    }

    [Fact]
    public async Task A_busy_source_shares_its_work_with_the_next()
    {
        var sources = SourcesOf("quicker", "quick");
        await AskEveryOneAsync(sources);
        var answer = new TaskCompletionSource<Reply>();
        List<string> asked = [];

        var requests = Enumerable.Range(0, 4).Select(_ => sources.GetAsync(
            source =>
            {
                asked.Add(NameOf(source));
                return answer.Task;
            }, _ => true, [])).ToList();
        answer.SetResult(new Reply.Gives(Right));
        await Task.WhenAll(requests);

        Assert.Equal(["quick", "quicker"], asked.Distinct().Order());
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(512 << 10, 26)]
    public void The_deadline_of_a_range_fits_its_length(int length, int seconds) =>
        Assert.Equal(seconds, (int)RangeClient.DeadlineOf(length).TotalSeconds);

    private Sources SourcesOf(params string[] names) => new(names.Select(name => new Uri($"http://{name}")), _clock);

    // So that how quick each is is known: only the last that is left gives anything.
    private async Task AskEveryOneAsync(Sources sources)
    {
        foreach (string name in new[] { "slow", "quick", "quicker" })
        {
            for (int time = 0; time < 20; time++)
                await AskAsync(sources, asked => asked == name ? new Reply.Gives(Right) : new Reply.Lacks());
        }
    }

    private async Task<string[]> AskAsync(
        Sources sources, Func<string, Reply>? gives = null, HashSet<Source>? lacking = null)
    {
        List<string> asked = [];
        await sources.GetAsync(
            source =>
            {
                string name = NameOf(source);
                asked.Add(name);
                _clock.Advance(TimeSpan.FromMilliseconds(name switch { "slow" => 900, "quick" => 300, _ => 200 }));
                return Task.FromResult(gives?.Invoke(name) ?? new Reply.Gives(Right));
            },
            bytes => bytes.Length == Right.Length, lacking ?? []);
        return [.. asked];
    }

    private static string NameOf(Source source) => source.Url.Host;

    private sealed class HandSetClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan time) => _ticks += time.Ticks;

        public override long GetTimestamp() => _ticks;
    }
}
