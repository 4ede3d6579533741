using System.Text.Json;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.State;
using SupplyChain.UpdaterAgent.Tests.Network;

namespace SupplyChain.UpdaterAgent.Tests.Commands;

public sealed class CommandLineTests
{
    private const char Escape = '\u001b';

    [Theory]
    [InlineData("init")]
    [InlineData("frobnicate")]
    [InlineData("check", "--frobnicate")]
    [InlineData("install", "--lift-quarantine", "maybe", "maybe")]
    public async Task A_wrong_command_line_is_a_usage_error(params string[] arguments)
    {
        using var agent = new AgentUnderTest(new FakeNetwork());
        Assert.Equal(ExitCode.Usage, await agent.RunJson(arguments));
        Assert.Equal("usage", agent.Json.GetProperty("error").GetProperty("name").GetString());
        Assert.Equal(ExitCode.Usage, agent.Json.GetProperty("error").GetProperty("code").GetInt32());
    }

    [Theory]
    [InlineData("init")]
    [InlineData("check")]
    [InlineData("install")]
    [InlineData("rollback")]
    [InlineData("status")]
    [InlineData("run")]
    public async Task Every_command_shows_in_its_help_an_example_that_parses(string command)
    {
        using var agent = new AgentUnderTest(new FakeNetwork());
        Assert.Equal(ExitCode.Done, await agent.Run([command, "--help"]));
        string example = agent.Output.Split("Example:\n")[1].Trim();
        Assert.StartsWith($"updater-agent {command}", example, StringComparison.Ordinal);

        // There is no such agent and no such file: but the line itself is understood.
        Assert.Equal(ExitCode.Environment, await agent.Run([.. example.Split(' ')[1..]]));
    }

    [Theory]
    [InlineData("check")]
    [InlineData("install")]
    [InlineData("rollback")]
    [InlineData("status")]
    [InlineData("run")]
    public async Task Without_an_agent_every_command_says_what_to_do(string command)
    {
        using var agent = new AgentUnderTest(new FakeNetwork());
        Assert.Equal(ExitCode.Environment, await agent.RunJson(command));
        Assert.Equal("not-initialised", agent.Json.GetProperty("error").GetProperty("name").GetString());
        Assert.False(Directory.Exists(agent.State.Path));
    }

    [Theory]
    [InlineData("check")]
    [InlineData("install")]
    [InlineData("rollback")]
    public async Task A_held_lock_is_told_and_nothing_is_done(string command)
    {
        using var agent = await new AgentUnderTest(new FakeNetwork()).Initialise();
        using (StateLock.TryTake(agent.State.Lock))
        {
            Assert.Equal(ExitCode.Locked, await agent.RunJson(command));
            var error = agent.Json.GetProperty("error");
            Assert.Equal("locked", error.GetProperty("name").GetString());
            Assert.Contains($"process {Environment.ProcessId} (", error.GetProperty("message").GetString(), StringComparison.Ordinal);
            Assert.Equal(ExitCode.Done, await agent.RunJson("status"));
        }

        Assert.Empty(agent.Network.Requests);
    }

    [Theory]
    [InlineData("install")]
    [InlineData("rollback")]
    public async Task Two_agents_never_change_one_install_folder_at_a_time(string command)
    {
        using var agent = await new AgentUnderTest(new FakeNetwork()).Initialise();
        Directory.CreateDirectory(agent.Install);
        using (StateLock.TryTake(Path.Combine(agent.Install, ".lock")))
        {
            Assert.Equal(ExitCode.Locked, await agent.RunJson(command));
            Assert.Equal("locked", agent.Json.GetProperty("error").GetProperty("name").GetString());
            Assert.Equal(ExitCode.Done, await agent.RunJson("check"));
        }

        Assert.NotEqual(ExitCode.Locked, await agent.RunJson(command));
    }

    [Fact]
    public async Task With_json_standard_output_holds_one_object_and_nothing_else()
    {
        var network = new FakeNetwork();
        network.Offer("1.0.0", "one"u8.ToArray());
        using var agent = await new AgentUnderTest(network).Initialise();
        foreach (string command in (string[])["check", "install", "status", "rollback", "install"])
        {
            await agent.RunJson(command);
            Assert.Equal(JsonValueKind.Object, agent.Json.ValueKind);
            Assert.False(agent.Json.TryGetProperty("exitCode", out _));
            Assert.EndsWith("}\n", agent.Output, StringComparison.Ordinal);
            Assert.Single(agent.Output, '\n');
            Assert.DoesNotContain(Escape, agent.Output + agent.Errors);
        }
    }

    [Fact]
    public async Task Output_that_is_not_a_terminal_has_no_colour_and_no_bars()
    {
        var network = new FakeNetwork();
        network.Offer("1.0.0", "one"u8.ToArray());
        using var agent = await new AgentUnderTest(network).Initialise();
        foreach (string command in (string[])["check", "install", "status", "rollback"])
        {
            await agent.Run([command]);
            Assert.DoesNotContain(Escape, agent.Output + agent.Errors);
            Assert.DoesNotContain('\r', agent.Output + agent.Errors);
        }
    }

    [Fact]
    public void A_terminal_without_wish_for_colour_gets_none()
    {
        Assert.False(Screen.WantsColour(isTerminal: true, noColour: "1", terminal: "xterm"));
        Assert.False(Screen.WantsColour(isTerminal: true, noColour: null, terminal: "dumb"));
        Assert.False(Screen.WantsColour(isTerminal: false, noColour: null, terminal: "xterm"));
        Assert.True(Screen.WantsColour(isTerminal: true, noColour: "", terminal: "xterm"));
    }

    [Fact]
    public async Task Text_from_nodes_is_never_markup()
    {
        var network = new FakeNetwork();
        using var agent = await new AgentUnderTest(network).Initialise();
        foreach (var node in network.Nodes)
        {
            node.Tamper = (_, _) => throw new HttpRequestException("[red]no[/] [[");
        }

        Assert.Equal(ExitCode.NoQuorum, await agent.Run(["check"]));
        Assert.Contains("[red]no[/] [[", agent.Errors, StringComparison.Ordinal);
        Assert.Empty(agent.Output);
    }

    [Fact]
    public async Task An_agent_is_never_made_over_another()
    {
        using var agent = await new AgentUnderTest(new FakeNetwork()).Initialise();
        byte[] before = await File.ReadAllBytesAsync(agent.State.TrustedFirst);
        Assert.Equal(ExitCode.Failed, await agent.TryInitialise());
        Assert.Equal("already-initialised", agent.Json.GetProperty("error").GetProperty("name").GetString());
        Assert.Equal(before, await File.ReadAllBytesAsync(agent.State.TrustedFirst));
    }

    [Theory]
    [InlineData("--product", "unowned", ExitCode.Refused, "role-unknown")]
    [InlineData("--product", "Not A Name", ExitCode.Usage, "usage")]
    [InlineData("--trust-root", "/nonexistent/root", ExitCode.Environment, "trust-root-missing")]
    [InlineData("--trust-root", "/proc/self/cmdline", ExitCode.Refused, "root-malformed")]
    [InlineData("--trust-root", "/dev/zero", ExitCode.Refused, "root-malformed")]
    [InlineData("--trust-root", "/dev/null", ExitCode.Refused, "root-malformed")]
    [InlineData("--trust-root", "/etc", ExitCode.Environment, "trust-root-missing")]
    public async Task A_bad_beginning_is_refused(string option, string value, int code, string name)
    {
        using var agent = new AgentUnderTest(new FakeNetwork());
        Assert.Equal(code, await agent.TryInitialise(option, value));
        Assert.Equal(name, agent.Json.GetProperty("error").GetProperty("name").GetString());
        Assert.False(File.Exists(agent.State.Config));
    }

    [Theory]
    [InlineData("/nonexistent/health", "is not there")]
    [InlineData("/etc", "is not there")]
    [InlineData("/etc/passwd", "is not executable")]
    public async Task A_health_command_that_cannot_run_is_refused_before_anything_is_made(string health, string why)
    {
        using var agent = new AgentUnderTest(new FakeNetwork());
        Assert.Equal(ExitCode.Environment, await agent.TryInitialise("--install", agent.Install, "--health", health));
        var error = agent.Json.GetProperty("error");
        Assert.Equal("health-command-unusable", error.GetProperty("name").GetString());
        Assert.Contains($"{health} {why}", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(agent.State.Path));
    }

    [Fact]
    public async Task A_relative_health_command_is_kept_as_the_file_it_meant()
    {
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, "/bin/true");
        using var agent = await new AgentUnderTest(new FakeNetwork()).Initialise("--health", relative);
        Assert.Contains("\"/bin/true\"", await File.ReadAllTextAsync(agent.State.Config), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damage_to_one_copy_of_the_state_is_shown_and_to_both_is_an_error()
    {
        using var agent = await new AgentUnderTest(new FakeNetwork()).Initialise();
        await agent.RunJson("check");
        await File.WriteAllTextAsync(agent.State.TrustedFirst, "damaged");
        Assert.Equal(ExitCode.Done, await agent.RunJson("status"));
        Assert.Contains("trusted.0", agent.Json.GetProperty("stateDamage").GetString(), StringComparison.Ordinal);
        Assert.Equal(agent.Network.Log.Size.Value, agent.Json.GetProperty("treeSize").GetUInt64());

        await File.WriteAllTextAsync(agent.State.TrustedSecond, "damaged too");
        foreach (string command in (string[])["status", "check", "install", "rollback", "run"])
        {
            Assert.Equal(ExitCode.Failed, await agent.RunJson(command));
            Assert.Equal("trusted-state-lost", agent.Json.GetProperty("error").GetProperty("name").GetString());
            Assert.Contains("init", agent.Json.GetProperty("error").GetProperty("hint").GetString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("damaged")]
    [InlineData(null)]
    public async Task A_damaged_install_journal_is_an_error_that_says_what_to_do(string? content)
    {
        using var agent = await new AgentUnderTest(new FakeNetwork()).Initialise();
        string journal = Path.Combine(agent.State.Path, "install.json");
        await File.WriteAllTextAsync(journal, content ?? new string(' ', 1_000_000));
        foreach (string command in (string[])["status", "check", "install", "rollback"])
        {
            Assert.Equal(ExitCode.Failed, await agent.RunJson(command));
            var error = agent.Json.GetProperty("error");
            Assert.Equal("install-journal-damaged", error.GetProperty("name").GetString());
            Assert.Contains(journal, error.GetProperty("message").GetString(), StringComparison.Ordinal);
            Assert.Contains("remove it", error.GetProperty("hint").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_trust_root_that_changed_on_disk_is_read_anew_by_the_same_process()
    {
        using var agent = await new AgentUnderTest(new FakeNetwork()).Initialise();
        Assert.Equal(ExitCode.Done, await agent.RunJson("check"));
        byte[] root = await File.ReadAllBytesAsync(agent.State.TrustRoot);
        root[^5] ^= 1;
        await File.WriteAllBytesAsync(agent.State.TrustRoot, root);
        Assert.Equal(ExitCode.Failed, await agent.RunJson("check"));
        Assert.StartsWith("root-", agent.Json.GetProperty("error").GetProperty("name").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_misspelt_setting_is_refused_and_not_ignored()
    {
        using var agent = await new AgentUnderTest(new FakeNetwork()).Initialise();
        string config = await File.ReadAllTextAsync(agent.State.Config);
        await File.WriteAllTextAsync(agent.State.Config, config.Replace("\"channel\"", "\"chanel\"", StringComparison.Ordinal));
        Assert.Equal(ExitCode.Environment, await agent.RunJson("check"));
        Assert.Equal("config-malformed", agent.Json.GetProperty("error").GetProperty("name").GetString());
    }

    [Fact]
    public async Task Run_installs_what_comes_and_stops_cleanly_when_asked()
    {
        var network = new FakeNetwork();
        network.Offer("1.0.0", "one"u8.ToArray());
        using var agent = await new AgentUnderTest(network).Initialise();
        using var stop = new CancellationTokenSource();
        var running = agent.Run(["run", "--json"], stop.Token);
        for (int tenths = 0; agent.CurrentFile is null && tenths < 150; tenths++) await Task.Delay(100);
        // The version is current before it is confirmed; stopping must not cut the end of the installation off.
        await stop.CancelAsync();
        Assert.Equal(ExitCode.Done, await running);
        Assert.Equal("one"u8.ToArray(), await File.ReadAllBytesAsync(agent.CurrentFile!));
        Assert.Equal(1, agent.Json.GetProperty("cycles").GetInt32());
        Assert.True(Directory.EnumerateFiles(agent.State.Log).Any());
    }

    [Fact]
    public async Task Run_with_check_only_installs_nothing()
    {
        var network = new FakeNetwork();
        network.Offer("1.0.0", "one"u8.ToArray());
        using var agent = await new AgentUnderTest(network).Initialise();
        using var stop = new CancellationTokenSource();
        var running = agent.Run(["run", "--check-only", "--json"], stop.Token);
        for (int tenths = 0; !File.Exists(agent.State.LastProof) && tenths < 150; tenths++) await Task.Delay(100);
        await stop.CancelAsync();
        Assert.Equal(ExitCode.Done, await running);
        Assert.Null(agent.CurrentFile);
    }
}
