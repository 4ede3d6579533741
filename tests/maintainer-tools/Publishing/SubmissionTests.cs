using System.Text;
using SupplyChain.MaintainerTools.Publishing;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Statements;
using SupplyChain.Tests.Kit;

namespace SupplyChain.MaintainerTools.Tests.Publishing;

public sealed class SubmissionTests : IDisposable
{
    private static readonly ProgressBoard Unwatched = new(null);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4), LongTime = TimeSpan.FromSeconds(60);

    private static readonly RequestTimes Hurried = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(100));

    private readonly FakeNodes _nodes = new();
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http;
    private readonly Release _release = TestNetwork.ReleaseOf("1.0.0");

    public SubmissionTests() => _http = _nodes.Client();

    [Fact]
    public async Task A_statement_counts_when_a_quorums_checkpoint_shows_it_in_map_and_log()
    {
        var certified = await SubmitAsync(_release);

        Assert.Equal(2ul, certified.Index);
        Assert.Equal(4ul, certified.Size);
        Assert.Equal(3, certified.AttestedBy.Count);
    }

    [Fact]
    public async Task Statements_go_in_one_after_the_other()
    {
        await SubmitAsync(_release);

        Assert.Equal(4ul, (await SubmitAsync(TestNetwork.PromotionOf(_release))).Index);
    }

    [Fact]
    public async Task One_node_away_changes_nothing()
    {
        _nodes.Nodes[0].IsAway = true;

        await UploadAsync();
        Assert.Equal(2ul, (await SubmitAsync(_release)).Index);
    }

    [Fact]
    public async Task A_nodes_word_that_it_is_certified_is_not_believed()
    {
        foreach (var node in _nodes.Nodes) node.Swallows = true;
        _nodes.Nodes[0].SaysCertified = true;

        var failure = await FailureOfAsync(() => SubmitAsync(_release));

        Assert.Equal((ExitCode.NoQuorum, "not-certified"), (failure.Code, failure.Name));
        Assert.Contains("map does not have it", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_never_comes_to_the_end_of_an_answer_holds_nobody_up()
    {
        _nodes.Nodes[0].Dribbles = true;

        await UploadAsync();
        Assert.Equal(2ul, (await SubmitAsync(_release)).Index);
    }

    [Fact]
    public async Task When_every_node_dribbles_the_time_limit_ends_it()
    {
        foreach (var node in _nodes.Nodes) node.Dribbles = true;

        var failure = await FailureOfAsync(() => SubmitAsync(_release));

        Assert.Equal((ExitCode.NoQuorum, "not-taken"), (failure.Code, failure.Name));
        Assert.Contains("has not answered", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_takes_statements_and_then_dribbles_ends_with_the_time_limit_too()
    {
        foreach (var node in _nodes.Nodes) (node.Swallows, node.DribblesStatus) = (true, true);

        var failure = await FailureOfAsync(() => SubmitAsync(_release));

        Assert.Equal((ExitCode.NoQuorum, "not-certified"), (failure.Code, failure.Name));
    }

    [Fact]
    public async Task A_node_that_keeps_one_byte_of_every_range_fails_alone()
    {
        _nodes.Nodes[3].KeepsOneByte = true;

        await UploadAsync();

        string hex = _release.Artifacts[0].Sha256.ToHex();
        Assert.All(_nodes.Nodes.Take(3), node => Assert.Equal(_release.Artifacts[0].Name.Length, node.Artifacts[hex].Count));
        Assert.True(_nodes.Nodes[3].Artifacts[hex].Count < 10);
    }

    [Fact]
    public async Task A_slow_node_gets_its_time_after_the_quorum_has_everything()
    {
        _nodes.Nodes[3].Slowness = TimeSpan.FromMilliseconds(300);

        await UploadAsync(_nodes.Network.Publisher, grace: LongTime);

        Assert.Equal(_release.Artifacts[0].Name.Length, _nodes.Nodes[3].Artifacts[_release.Artifacts[0].Sha256.ToHex()].Count);
    }

    [Fact]
    public async Task A_node_that_never_answers_an_upload_is_not_waited_for_longer()
    {
        _nodes.Nodes[3].HangsAt = HttpMethod.Put;

        await UploadAsync().WaitAsync(LongTime);
    }

    [Fact]
    public async Task When_no_node_answers_an_upload_every_request_comes_to_its_end()
    {
        foreach (var node in _nodes.Nodes) node.HangsAt = HttpMethod.Put;

        var failure = await FailureOfAsync(() => UploadAsync(_nodes.Network.Publisher, times: Hurried).WaitAsync(LongTime));

        Assert.Equal((ExitCode.NoQuorum, "upload-failed"), (failure.Code, failure.Name));
        Assert.Contains("did not answer in time", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_never_answers_a_question_is_passed_over()
    {
        foreach (var node in _nodes.Nodes.SkipLast(1)) node.HangsAt = HttpMethod.Get;

        var position = ChainPosition.ProvenBy(Network(Hurried));

        Assert.Equal(1ul, (await position.NextReleaseAsync(TestNetwork.Origin, TestNetwork.Product, default).WaitAsync(LongTime)).Item1);
    }

    [Fact]
    public async Task A_node_that_says_for_ever_that_it_has_every_byte_holds_up_neither_success_nor_failure()
    {
        _nodes.Nodes[3].SaysItHasEveryByte = true;
        await UploadAsync();

        using var stranger = Ed25519PrivateKey.FromSeed(TestNetwork.Seed("stranger"));
        _nodes.Nodes.Take(3).ToList().ForEach(node => node.Artifacts.Clear());
        Assert.Equal("unknown-publisher", (await FailureOfAsync(() => UploadAsync(stranger))).Name);
    }

    [Fact]
    public async Task A_node_that_ended_with_every_byte_before_it_read_them_back_is_made_to()
    {
        string hex = _release.Artifacts[0].Sha256.ToHex();
        _nodes.Nodes[1].EndedBeforeReadingBack = true;
        _nodes.Nodes[1].Artifacts[hex] = [.. Encoding.UTF8.GetBytes(_release.Artifacts[0].Name)];

        await UploadAsync();

        Assert.False(_nodes.Nodes[1].EndedBeforeReadingBack);
    }

    [Fact]
    public async Task One_that_is_behind_and_one_that_lies_refuse_nothing_that_the_others_took()
    {
        (_nodes.Nodes[2].Refusal, _nodes.Nodes[3].Refusal) = ("unknown-release", "unknown-release");

        Assert.Equal(2ul, (await SubmitAsync(_release)).Index);
    }

    [Fact]
    public async Task A_stop_ends_a_submission_at_once()
    {
        foreach (var node in _nodes.Nodes) node.Dribbles = true;
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new Submission(Network(), _nodes.Time).RunAsync(
            _nodes.Network.Sign(_release), DateTimeOffset.MaxValue, _ => { }, stop.Token));
    }

    [Fact]
    public async Task Fewer_attestations_than_a_quorum_prove_nothing()
    {
        _nodes.Attesting = 2;

        var failure = await FailureOfAsync(() => SubmitAsync(_release));

        Assert.Equal("not-certified", failure.Name);
        Assert.Contains("checkpoint-not-certified", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_garbles_its_proofs_is_passed_over()
    {
        _nodes.Nodes[0].GarblesMap = true;
        _nodes.Nodes[1].GarblesTiles = true;

        Assert.Equal(2ul, (await SubmitAsync(_release)).Index);
    }

    [Fact]
    public async Task Garbled_proofs_everywhere_are_no_proof()
    {
        foreach (var node in _nodes.Nodes) node.GarblesTiles = true;

        Assert.Contains("tiles do not show", (await FailureOfAsync(() => SubmitAsync(_release))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stale")]
    [InlineData("version-taken")]
    [InlineData("unknown-product")]
    public async Task A_refusal_by_more_nodes_than_may_lie_is_final_and_says_what_to_do(string name)
    {
        foreach (var node in _nodes.Nodes) node.Refusal = name;

        var failure = await FailureOfAsync(() => SubmitAsync(_release));

        Assert.Equal((ExitCode.Refused, name), (failure.Code, failure.Name));
        Assert.NotEmpty(failure.Hint);
    }

    [Fact]
    public async Task A_refusal_by_as_many_nodes_as_may_lie_is_a_lie()
    {
        _nodes.Nodes[2].Refusal = "stale";

        Assert.Equal(2ul, (await SubmitAsync(_release)).Index);
    }

    [Fact]
    public async Task With_too_few_nodes_there_is_no_quorum()
    {
        foreach (var node in _nodes.Nodes.Skip(1)) node.IsAway = true;
        _nodes.Attesting = 1;

        Assert.Equal("not-taken", (await FailureOfAsync(() => SubmitAsync(_release))).Name);
        Assert.Equal(ExitCode.NoQuorum, (await FailureOfAsync(UploadAsync)).Code);
    }

    [Fact]
    public async Task An_upload_goes_on_where_the_node_has_got_to()
    {
        string hex = _release.Artifacts[0].Sha256.ToHex();
        byte[] content = Encoding.UTF8.GetBytes(_release.Artifacts[0].Name);
        _nodes.Nodes[1].Artifacts[hex] = [.. content[..5]];

        await UploadAsync();

        Assert.All(_nodes.Nodes, node => Assert.Equal(content, node.Artifacts[hex]));
        Assert.Equal([(5L, content.Length - 5)], _nodes.Nodes[1].Ranges);
    }

    [Fact]
    public async Task What_a_node_has_whole_is_not_sent_again()
    {
        await UploadAsync();
        await UploadAsync();

        Assert.All(_nodes.Nodes, node => Assert.Single(node.Ranges));
    }

    [Fact]
    public async Task A_stranger_may_not_upload()
    {
        using var stranger = Ed25519PrivateKey.FromSeed(TestNetwork.Seed("stranger"));

        var failure = await FailureOfAsync(() => UploadAsync(stranger));

        Assert.Equal((ExitCode.Refused, "unknown-publisher"), (failure.Code, failure.Name));
    }

    [Theory]
    [InlineData("permit-expired")]
    [InlineData("permit-too-long")]
    [InlineData("quota-exceeded")]
    public async Task A_refused_upload_says_what_to_do(string name)
    {
        foreach (var node in _nodes.Nodes) node.UploadRefusal = name;

        var failure = await FailureOfAsync(UploadAsync);

        Assert.Equal((ExitCode.Refused, name), (failure.Code, failure.Name));
        Assert.NotEmpty(failure.Hint);
    }

    [Fact]
    public async Task What_comes_next_is_read_from_a_quorums_map()
    {
        var position = ChainPosition.ProvenBy(Network());
        Assert.Equal((1ul, Release.FirstPrevious(TestNetwork.Origin, TestNetwork.Product)),
            await position.NextReleaseAsync(TestNetwork.Origin, TestNetwork.Product, default));

        _nodes.Accept(_release);
        var promotion = TestNetwork.PromotionOf(_release);
        _nodes.Accept(promotion);

        Assert.Equal((2ul, _release.Id()), await position.NextReleaseAsync(TestNetwork.Origin, TestNetwork.Product, default));
        Assert.Equal(promotion.Id(), await position.NextPromotionAsync(TestNetwork.Origin, TestNetwork.Product, TestNetwork.Channel, default));
        Assert.Equal(Promotion.FirstPrevious(TestNetwork.Origin, TestNetwork.Product, "canary"),
            await position.NextPromotionAsync(TestNetwork.Origin, TestNetwork.Product, "canary", default));
    }

    [Fact]
    public async Task Without_a_quorum_nothing_is_known_to_come_next()
    {
        _nodes.Attesting = 2;

        var failure = await FailureOfAsync(() => ChainPosition.ProvenBy(Network()).NextReleaseAsync(TestNetwork.Origin, TestNetwork.Product, default));

        Assert.Equal((ExitCode.NoQuorum, "no-proof"), (failure.Code, failure.Name));
    }

    public void Dispose()
    {
        _http.Dispose();
        _nodes.Dispose();
        _folder.Dispose();
    }

    private Network Network(RequestTimes? times = null) => new(_nodes.Network.Root, _http, _nodes.Time, times);

    private Task<Submission.Certified> SubmitAsync(Statement statement)
    {
        var deadline = _nodes.Time.GetUtcNow() + Patience;
        return new Submission(Network(), _nodes.Time).RunAsync(_nodes.Network.Sign(statement), deadline, _ => { }, default);
    }

    private Task UploadAsync() => UploadAsync(_nodes.Network.Publisher);

    private Task UploadAsync(Ed25519PrivateKey publisher, TimeSpan? grace = null, RequestTimes? times = null)
    {
        var artifact = _release.Artifacts[0];
        string path = _folder.File(artifact.Name, Encoding.UTF8.GetBytes(artifact.Name));
        var distribution = new Distribution(Network(times), publisher, _nodes.Time)
        {
            Pause = TimeSpan.FromMilliseconds(10),
            LeastGrace = grace ?? TimeSpan.FromMilliseconds(200),
        };
        return distribution.RunAsync([(artifact, path)], Unwatched, default);
    }

    private static Task<CommandFailure> FailureOfAsync(Func<Task> action) => Assert.ThrowsAsync<CommandFailure>(action);
}
