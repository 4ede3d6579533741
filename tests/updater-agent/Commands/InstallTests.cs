using System.Net;
using System.Net.Http.Headers;
using SupplyChain.Protocol.Artifacts;
using SupplyChain.Protocol.Statements;
using SupplyChain.UpdaterAgent.Core.Download;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Tests.Network;

namespace SupplyChain.UpdaterAgent.Tests.Commands;

public sealed class InstallTests
{
    private const int Pieces = 12;

    private static readonly byte[] Payload = Bytes(((Pieces - 1) * VerityTree.PieceSize) + 12_345);

    [Fact]
    public async Task An_update_is_installed_from_several_nodes_and_a_second_install_says_so()
    {
        using var agent = await Offered();
        Assert.Equal(ExitCode.Done, await agent.RunJson("install"));
        Assert.Equal("installed", agent.Json.GetProperty("status").GetString());
        Assert.Equal("1.0.0", agent.Json.GetProperty("version").GetString());
        Assert.Equal(Payload.Length, agent.Json.GetProperty("downloadBytes").GetInt64());
        Assert.Equal(0, agent.Json.GetProperty("resumedBytes").GetInt64());
        Assert.True(agent.Json.GetProperty("nodesUsed").GetArrayLength() > 1);
        Assert.Equal(0, agent.Json.GetProperty("liars").GetArrayLength());
        Assert.Equal(Payload, await File.ReadAllBytesAsync(agent.CurrentFile!));
        Assert.Empty(Directory.GetFiles(agent.State.Downloads));

        Assert.Equal(ExitCode.Done, await agent.RunJson("install"));
        Assert.Equal("already-installed", agent.Json.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_newer_version_replaces_it_and_rollback_returns_and_quarantines()
    {
        using var agent = await Offered();
        await agent.RunJson("install");
        agent.Network.Offer("1.1.0", "new"u8.ToArray());
        Assert.Equal(ExitCode.Done, await agent.RunJson("install"));
        Assert.Equal("1.0.0", agent.Json.GetProperty("previous").GetString());
        Assert.Equal("new"u8.ToArray(), await File.ReadAllBytesAsync(agent.CurrentFile!));

        Assert.Equal(ExitCode.Done, await agent.RunJson("rollback"));
        Assert.Equal("1.0.0", agent.Json.GetProperty("to").GetString());
        Assert.Equal(Payload, await File.ReadAllBytesAsync(agent.CurrentFile!));

        Assert.Equal(ExitCode.Done, await agent.RunJson("install"));
        Assert.Equal("quarantined", agent.Json.GetProperty("held").GetString());
        Assert.Equal(Payload, await File.ReadAllBytesAsync(agent.CurrentFile!));

        Assert.Equal(ExitCode.Done, await agent.RunJson("install", "--lift-quarantine"));
        Assert.Equal("installed", agent.Json.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Nothing_to_roll_back_to_is_said()
    {
        using var agent = await Offered();
        Assert.Equal(ExitCode.Failed, await agent.RunJson("rollback"));
        Assert.Equal("nothing-to-roll-back-to", agent.Json.GetProperty("error").GetProperty("name").GetString());
    }

    [Fact]
    public async Task With_two_of_four_nodes_dead_nothing_is_installed_and_every_answer_is_listed()
    {
        using var agent = await Offered();
        agent.Network.Nodes[1].IsDead = agent.Network.Nodes[2].IsDead = true;
        Assert.Equal(ExitCode.NoQuorum, await agent.RunJson("install"));
        Assert.Equal("not-enough-answers", agent.Json.GetProperty("error").GetProperty("name").GetString());
        var answers = agent.Json.GetProperty("answers").EnumerateArray().Select(answer => answer.GetProperty("what").GetString());
        Assert.Equal(["answered", "unreachable", "unreachable", "answered"], answers);
        Assert.Null(agent.CurrentFile);
    }

    [Fact]
    public async Task One_dead_node_of_four_changes_nothing()
    {
        using var agent = await Offered();
        agent.Network.Nodes[3].IsDead = true;
        Assert.Equal(ExitCode.Done, await agent.RunJson("install"));
        Assert.Equal(Payload, await File.ReadAllBytesAsync(agent.CurrentFile!));
    }

    [Fact]
    public async Task One_relay_cannot_stand_for_the_others()
    {
        using var agent = await Offered();
        // Nodes 1 and 2 pass on what all attested, and what node 0 said over the nonce.
        agent.Network.Nodes[1].Speaks = agent.Network.Nodes[2].Speaks = agent.Network.Nodes[0].Speaks;
        Assert.Equal(ExitCode.NoQuorum, await agent.RunJson("install"));
        Assert.Null(agent.CurrentFile);
    }

    [Fact]
    public async Task A_node_on_a_prefix_counts_once_its_prefix_is_shown_from_tiles()
    {
        using var agent = await Offered();
        agent.Network.Nodes[0].IsDead = true;
        agent.Network.Nodes[1].Log = agent.Network.LogAfter(1);
        for (int run = 0; run < 3 && agent.CurrentFile is null; run++) await agent.RunJson("install");
        Assert.Equal(Payload, await File.ReadAllBytesAsync(agent.CurrentFile!));
        Assert.Contains(agent.Network.Requests, request => request.Path.StartsWith("/tile/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_on_another_history_does_not_count()
    {
        using var agent = await Offered();
        var other = new FakeNetwork();
        other.Offer("6.6.6", "other"u8.ToArray());
        agent.Network.Nodes[0].IsDead = true;
        agent.Network.Nodes[1].Log = other.LogAfter(1);
        agent.Network.Nodes[1].Cosigners = [1];
        Assert.Equal(ExitCode.NoQuorum, await agent.RunJson("install"));
        Assert.Null(agent.CurrentFile);
    }

    [Theory]
    [InlineData("altered-piece")]
    [InlineData("wrong-range")]
    [InlineData("too-large")]
    public async Task A_lying_mirror_is_named_asked_no_more_and_the_update_is_installed(string lie)
    {
        using var agent = await Offered();
        agent.Network.Nodes[2].Tamper = (path, honest) => Lie(lie, path, honest);
        Assert.Equal(ExitCode.Done, await agent.RunJson("install"));
        Assert.Equal(Payload, await File.ReadAllBytesAsync(agent.CurrentFile!));
        var liar = Assert.Single(agent.Json.GetProperty("liars").EnumerateArray());
        Assert.Equal("node-02", liar.GetProperty("node").GetString());
        Assert.Equal("http://node-02.example.org:8080", liar.GetProperty("url").GetString());
        Assert.Equal(lie, liar.GetProperty("what").GetString());
        Assert.DoesNotContain("node-02", agent.Json.GetProperty("nodesUsed").EnumerateArray().Select(node => node.GetString()));
    }

    [Fact]
    public async Task An_altered_tree_names_its_node_and_the_next_node_is_asked()
    {
        using var agent = await Offered();
        agent.Network.Nodes[2].Tamper = (path, honest) => Lie("altered-tree", path, honest);
        foreach (int node in (int[])[0, 1, 3]) agent.Network.Nodes[node].Tamper = (path, honest) => IsTree(path) ? Missing() : honest;
        Assert.Equal(ExitCode.Failed, await agent.RunJson("install"));
        var liar = Assert.Single(agent.Json.GetProperty("liars").EnumerateArray());
        Assert.Equal(("node-02", "altered-tree"), (liar.GetProperty("node").GetString(), liar.GetProperty("what").GetString()));

        agent.Network.Nodes[3].Tamper = null;
        Assert.Equal(ExitCode.Done, await agent.RunJson("install"));
        Assert.Equal(Payload, await File.ReadAllBytesAsync(agent.CurrentFile!));
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("stalled")]
    [InlineData("http-status")]
    public async Task A_failing_mirror_is_relieved_and_the_update_is_installed(string failure)
    {
        using var agent = await Offered();
        agent.Network.Nodes[1].Tamper = (_, honest) => Fail(failure, honest);
        Assert.Equal(ExitCode.Done, await agent.RunJson("install"));
        Assert.Equal(Payload, await File.ReadAllBytesAsync(agent.CurrentFile!));
        Assert.Contains(agent.Json.GetProperty("failures").EnumerateArray(), line =>
            line.GetProperty("node").GetString() == "node-01" && line.GetProperty("what").GetString() == failure);
        Assert.Equal(0, agent.Json.GetProperty("liars").GetArrayLength());
    }

    [Fact]
    public async Task A_download_that_no_node_can_finish_keeps_its_pieces_and_the_next_install_goes_on_from_them()
    {
        using var agent = await Offered();
        const int available = 5;
        foreach (var node in agent.Network.Nodes) node.Tamper = (path, honest) => First(honest) >= available * VerityTree.PieceSize ? Missing() : honest;
        Assert.Equal(ExitCode.Failed, await agent.RunJson("install"));
        Assert.Equal("download-incomplete", agent.Json.GetProperty("error").GetProperty("name").GetString());

        foreach (var node in agent.Network.Nodes) node.Tamper = null;
        agent.Network.Requests.Clear();
        Assert.Equal(ExitCode.Done, await agent.RunJson("install"));
        Assert.Equal(available * VerityTree.PieceSize, agent.Json.GetProperty("resumedBytes").GetInt64());
        Assert.Equal(Payload.Length - (available * VerityTree.PieceSize), agent.Json.GetProperty("downloadBytes").GetInt64());
        Assert.Equal(Pieces - available, agent.Network.Requests.Count(request => request.Path.StartsWith("/artifact/", StringComparison.Ordinal)));
        Assert.Equal(Payload, await File.ReadAllBytesAsync(agent.CurrentFile!));
    }

    [Fact]
    public async Task A_kept_piece_that_was_damaged_on_disk_is_fetched_again()
    {
        using var agent = await Offered();
        foreach (var node in agent.Network.Nodes) node.Tamper = (_, honest) => First(honest) >= 5 * VerityTree.PieceSize ? Missing() : honest;
        await agent.RunJson("install");
        string partial = Directory.GetFiles(agent.State.Downloads).Single(file => !file.EndsWith(".tree", StringComparison.Ordinal));
        using (var file = File.OpenWrite(partial)) file.WriteByte((byte)(Payload[0] ^ 1));

        foreach (var node in agent.Network.Nodes) node.Tamper = null;
        Assert.Equal(ExitCode.Done, await agent.RunJson("install"));
        Assert.Equal(4 * VerityTree.PieceSize, agent.Json.GetProperty("resumedBytes").GetInt64());
        Assert.Equal(Payload, await File.ReadAllBytesAsync(agent.CurrentFile!));
    }

    [Fact]
    public async Task An_interrupted_download_is_told_and_goes_on_later()
    {
        using var agent = await Offered();
        using var stop = new CancellationTokenSource();
        int served = 0;
        foreach (var node in agent.Network.Nodes)
        {
            node.Tamper = (_, honest) =>
            {
                if (First(honest) >= 0 && Interlocked.Increment(ref served) == 8) stop.Cancel();
                return honest;
            };
        }

        Assert.Equal(ExitCode.Interrupted, await agent.Run(["install", "--json"], stop.Token));
        Assert.Equal("interrupted", agent.Json.GetProperty("error").GetProperty("name").GetString());
        foreach (var node in agent.Network.Nodes) node.Tamper = null;
        Assert.Equal(ExitCode.Done, await agent.RunJson("install"));
        Assert.True(agent.Json.GetProperty("resumedBytes").GetInt64() > 0);
        Assert.Equal(Payload, await File.ReadAllBytesAsync(agent.CurrentFile!));
    }

    [Fact]
    public async Task A_revocation_during_the_download_stops_the_install()
    {
        var network = new FakeNetwork();
        var release = network.Offer("1.0.0", Payload);
        using var agent = await new AgentUnderTest(network).Initialise();
        int revoked = 0;
        foreach (var node in network.Nodes)
        {
            node.Tamper = (_, honest) =>
            {
                if (First(honest) >= 0 && Interlocked.Exchange(ref revoked, 1) == 0) network.Revoke(release);
                return honest;
            };
        }

        Assert.Equal(ExitCode.Refused, await agent.RunJson("install"));
        Assert.Equal("release-revoked", agent.Json.GetProperty("error").GetProperty("name").GetString());
        Assert.Null(agent.CurrentFile);
    }

    [Fact]
    public async Task A_newer_version_during_the_download_is_installed_instead()
    {
        var network = new FakeNetwork();
        network.Offer("1.0.0", Payload);
        using var agent = await new AgentUnderTest(network).Initialise();
        int offered = 0;
        foreach (var node in network.Nodes)
        {
            node.Tamper = (_, honest) =>
            {
                if (First(honest) >= 0 && Interlocked.Exchange(ref offered, 1) == 0) network.Offer("2.0.0", "two"u8.ToArray());
                return honest;
            };
        }

        Assert.Equal(ExitCode.Done, await agent.RunJson("install"));
        Assert.Equal("2.0.0", agent.Json.GetProperty("version").GetString());
        Assert.Equal("two"u8.ToArray(), await File.ReadAllBytesAsync(agent.CurrentFile!));
    }

    [Fact]
    public async Task A_release_whose_digests_disagree_is_refused()
    {
        var network = new FakeNetwork();
        network.Offer("1.0.0", Payload, release => release with { Artifacts = [release.Artifacts[0] with { Sha256 = Protocol.Digest.Of("other"u8) }] });
        network.Artifacts[Protocol.Digest.Of("other"u8)] = Payload;
        using var agent = await new AgentUnderTest(network).Initialise();
        Assert.Equal(ExitCode.Refused, await agent.RunJson("install"));
        Assert.Equal("digests-disagree", agent.Json.GetProperty("error").GetProperty("name").GetString());
        Assert.Null(agent.CurrentFile);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(VerityTree.PieceSize)]
    [InlineData(VerityTree.PieceSize + 1)]
    public async Task Payloads_of_every_awkward_size_are_installed(int size)
    {
        var network = new FakeNetwork();
        network.Offer("1.0.0", Bytes(size));
        using var agent = await new AgentUnderTest(network).Initialise();
        Assert.Equal(ExitCode.Done, await agent.RunJson("install"));
        Assert.Equal(Bytes(size), await File.ReadAllBytesAsync(agent.CurrentFile!));
    }

    [Fact]
    public async Task A_slow_health_command_that_fails_rolls_back_and_quarantines()
    {
        var network = new FakeNetwork();
        network.Offer("1.0.0", "one"u8.ToArray());
        using var agent = await new AgentUnderTest(network).Initialise("--health", "/bin/false");
        Assert.Equal(ExitCode.Failed, await agent.RunJson("install"));
        Assert.Equal("unhealthy", agent.Json.GetProperty("error").GetProperty("name").GetString());
        Assert.Null(agent.CurrentFile);
        Assert.Equal(ExitCode.Done, await agent.RunJson("install"));
        Assert.Equal("quarantined", agent.Json.GetProperty("held").GetString());
    }

    [Fact]
    public async Task An_occupied_place_is_an_environment_error_found_before_the_download()
    {
        using var agent = await Offered();
        Directory.CreateDirectory(Path.Combine(agent.Install, "current"));
        Assert.Equal(ExitCode.Environment, await agent.RunJson("install"));
        Assert.Equal("place-occupied", agent.Json.GetProperty("error").GetProperty("name").GetString());
        Assert.DoesNotContain(agent.Network.Requests, request => request.Path.StartsWith("/artifact/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_download_is_kept_when_the_place_is_occupied_meanwhile_and_dropped_when_its_archive_is_bad()
    {
        using var agent = await Offered();
        string current = Path.Combine(agent.Install, "current");
        foreach (var node in agent.Network.Nodes) node.Tamper = (_, honest) => Occupied(current, honest);
        Assert.Equal(ExitCode.Environment, await agent.RunJson("install"));
        Assert.NotEmpty(Directory.GetFiles(agent.State.Downloads));

        foreach (var node in agent.Network.Nodes) node.Tamper = null;
        Directory.Delete(current);
        Assert.Equal(ExitCode.Done, await agent.RunJson("install"));
        Assert.Equal(Payload.Length, agent.Json.GetProperty("resumedBytes").GetInt64());

        agent.Network.Offer("1.1.0", "no archive"u8.ToArray(), release => release with { Format = PayloadFormat.Tar });
        Assert.Equal(ExitCode.Refused, await agent.RunJson("install"));
        Assert.Equal("archive-unsafe", agent.Json.GetProperty("error").GetProperty("name").GetString());
        Assert.Empty(Directory.GetFiles(agent.State.Downloads));
    }

    [Fact]
    public async Task A_rollback_tells_that_the_recovery_rolled_back_already_and_goes_no_further()
    {
        var network = new FakeNetwork();
        network.Offer("1.0.0", "one"u8.ToArray());
        using var agent = await new AgentUnderTest(network).Initialise();
        await agent.RunJson("install");
        network.Offer("1.1.0", "two"u8.ToArray());
        await agent.RunJson("install");
        string journal = Path.Combine(agent.State.Path, "install.json");
        string confirmed = await File.ReadAllTextAsync(journal);
        await File.WriteAllTextAsync(journal, confirmed.Replace("\"confirmed\"", "\"switched\"", StringComparison.Ordinal));
        Directory.Delete(Path.Combine(agent.Install, "slots", "b"), recursive: true);

        Assert.Equal(ExitCode.Failed, await agent.RunJson("rollback"));
        var error = agent.Json.GetProperty("error");
        Assert.Equal("unhealthy", error.GetProperty("name").GetString());
        Assert.Contains("1.0.0 is current again", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("one"u8.ToArray(), await File.ReadAllBytesAsync(agent.CurrentFile!));
    }

    private static async Task<AgentUnderTest> Offered()
    {
        var network = new FakeNetwork();
        network.Offer("1.0.0", Payload);
        return await new AgentUnderTest(network, new DownloadLimits
        {
            Rest = TimeSpan.FromMilliseconds(20),
            Stall = TimeSpan.FromMilliseconds(300),
            HedgeAfter = TimeSpan.FromSeconds(2),
        }).Initialise();
    }

    private static HttpResponseMessage Lie(string lie, string path, HttpResponseMessage honest)
    {
        if (lie == "altered-tree" && IsTree(path)) honest.Content = BadBodies.Altered(honest.Content);
        if (First(honest) < 0) return honest;

        switch (lie)
        {
            case "altered-piece":
                honest.Content = BadBodies.Altered(honest.Content);
                break;
            case "too-large":
                honest.Content = BadBodies.Oversized(honest.Content, 1);
                break;
            case "wrong-range":
                var range = honest.Content.Headers.ContentRange!;
                honest.Content.Headers.ContentRange = new ContentRangeHeaderValue(range.From!.Value + 1, range.To!.Value + 1, range.Length!.Value);
                break;
        }

        return honest;
    }

    private static HttpResponseMessage Fail(string failure, HttpResponseMessage honest)
    {
        if (First(honest) < 0) return honest;

        switch (failure)
        {
            case "truncated":
                honest.Content = BadBodies.Truncated(honest.Content, 1000);
                return honest;
            case "stalled":
                honest.Content = BadBodies.Stalling(honest.Content, 1000);
                return honest;
            default:
                return Missing();
        }
    }

    private static HttpResponseMessage Occupied(string place, HttpResponseMessage honest)
    {
        if (First(honest) >= 0) Directory.CreateDirectory(place);
        return honest;
    }

    private static bool IsTree(string path) => path.EndsWith("/tree", StringComparison.Ordinal);

    // First byte of a piece's answer, or −1 for any other.
    private static long First(HttpResponseMessage answer) => answer.Content.Headers.ContentRange?.From ?? -1;

    private static HttpResponseMessage Missing() => new(HttpStatusCode.NotFound);

    private static byte[] Bytes(int size)
    {
        byte[] bytes = new byte[size];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
