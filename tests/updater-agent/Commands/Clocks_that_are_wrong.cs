using SupplyChain.Protocol;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Tests.Network;

namespace SupplyChain.UpdaterAgent.Tests.Commands;

/// <summary>The whole program on machines whose clock is years off, jumps, or was never set, and what it says about the time.</summary>
public sealed class Clocks_that_are_wrong
{
    private static readonly byte[] Payload = "payload"u8.ToArray();
    private static readonly TimeSpan Years = TimeSpan.FromDays(3_650);

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task Ten_years_off_either_way_a_machine_installs_safely_and_checks_with_one_request_afterwards(int direction)
    {
        using var machine = await Machine.Make();
        machine.Clock += direction * Years;
        Assert.Equal(ExitCode.Done, await machine.Agent.RunJson("install"));
        Assert.Equal(Payload, await File.ReadAllBytesAsync(machine.Agent.CurrentFile!));

        await machine.Agent.RunJson("status");
        Assert.Equal("confirmed", machine.Agent.Json.GetProperty("time").GetString());
        Assert.Equal(machine.Agent.Network.Now, machine.Agent.Json.GetProperty("confirmedAt").GetInt64());

        machine.Agent.Network.Requests.Clear();
        Assert.Equal(ExitCode.Done, await machine.Agent.RunJson("check"));
        Assert.Single(machine.Agent.Network.Requests);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_network_that_replays_what_was_true_at_a_dead_clocks_time_is_no_quorum(int direction)
    {
        using var machine = await Machine.Make();
        machine.Clock += direction * Years;
        machine.Agent.Network.Now = machine.Clock.ToUnixTimeSeconds();
        foreach (var node in machine.Agent.Network.Nodes)
        {
            byte[] recorded = node.Attest(new Protocol.Nonces.Nonce(new byte[32]));
            node.Tamper = (path, honest) => path == "attest" ? FakeNode.Bytes(recorded) : honest;
        }

        foreach (string command in new[] { "check", "install" })
        {
            Assert.Equal(ExitCode.NoQuorum, await machine.Agent.RunJson(command));
            Assert.Equal("not-enough-answers", machine.Agent.Json.GetProperty("error").GetProperty("name").GetString());
            Assert.All(machine.Agent.Json.GetProperty("answers").EnumerateArray(), answer =>
                Assert.Equal("nonce-answer-invalid", answer.GetProperty("what").GetString()));
        }

        Assert.Null(machine.Agent.CurrentFile);
    }

    [Fact]
    public async Task A_jump_a_restart_and_a_day_each_make_the_next_check_ask_a_quorum_and_the_one_after_it_one_node()
    {
        using var machine = await Machine.Make();
        await machine.AssertCheckAsksAll();
        machine.Clock += TimeSpan.FromSeconds(3_600);
        await machine.AssertCheckAsksAll();

        machine.Boot = Digest.Of([2]);
        machine.Uptime = 5;
        await machine.AssertCheckAsksAll();

        machine.Pass(TimeSpan.FromSeconds(86_401));
        await machine.AssertCheckAsksAll();
    }

    [Fact]
    public async Task A_machine_that_no_quorum_answers_for_a_day_is_starved_and_says_so()
    {
        using var machine = await Machine.Make();
        await machine.Agent.RunJson("status");
        Assert.Equal("never-confirmed", machine.Agent.Json.GetProperty("time").GetString());
        Assert.Equal(ExitCode.Done, await machine.Agent.RunJson("check"));
        machine.Agent.Network.Nodes[1].IsDead = machine.Agent.Network.Nodes[2].IsDead = true;
        machine.Pass(TimeSpan.FromSeconds(86_300));
        Assert.Equal(ExitCode.Done, await machine.Agent.RunJson("check"));

        machine.Pass(TimeSpan.FromSeconds(200));
        Assert.Equal(ExitCode.NoQuorum, await machine.Agent.RunJson("check"));
        Assert.Equal("starved", machine.Agent.Json.GetProperty("time").GetString());
        await machine.Agent.RunJson("status");
        Assert.Equal("starved", machine.Agent.Json.GetProperty("time").GetString());
        await machine.Agent.Run(["check"]);
        Assert.Contains("Starved", machine.Agent.Output + machine.Agent.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_asks_a_quorum_when_it_begins_and_logs_that_the_machine_starves()
    {
        using var machine = await Machine.Make();
        Assert.Equal(ExitCode.Done, await machine.Agent.RunJson("check"));
        await machine.RunFor("run", "--check-only");
        Assert.Equal(2 * 4, machine.Agent.Network.Requests.Count(request => request.Path == "/attest"));

        machine.Pass(TimeSpan.FromSeconds(86_401));
        foreach (var node in machine.Agent.Network.Nodes) node.IsDead = true;
        await machine.RunFor("run");
        Assert.Contains(
            Directory.GetFiles(machine.Agent.State.Log), file => File.ReadAllText(file).Contains("Starved", StringComparison.Ordinal));
    }

    /// <summary>A machine with clocks of the test's own.</summary>
    private sealed class Machine : TimeProvider, IDisposable
    {
        private readonly AgentUnderTest _plain;

        private Machine()
        {
            var network = new FakeNetwork();
            network.Offer("1.0.0", Payload);
            Clock = DateTimeOffset.FromUnixTimeSeconds(network.Now);
            _plain = new AgentUnderTest(network);
            Agent = new AgentUnderTest(network) { World = _plain.World with { Clock = this, Steady = () => (Uptime, Boot) } };
        }

        public AgentUnderTest Agent { get; }

        public DateTimeOffset Clock { get; set; }

        public long Uptime { get; set; } = 100;

        public Digest Boot { get; set; } = Digest.Of([1]);

        public static async Task<Machine> Make()
        {
            var machine = new Machine();
            Assert.Equal(ExitCode.Done, await machine.Agent.TryInitialise());
            return machine;
        }

        public override DateTimeOffset GetUtcNow() => Clock;

        /// <summary>Time goes by, here and on the nodes.</summary>
        public void Pass(TimeSpan time)
        {
            Clock += time;
            Uptime += (long)time.TotalSeconds;
            Agent.Network.Now += (long)time.TotalSeconds;
        }

        public async Task AssertCheckAsksAll()
        {
            Agent.Network.Requests.Clear();
            Assert.Equal(ExitCode.Done, await Agent.RunJson("check"));
            Assert.Equal(4, Agent.Network.Requests.Count(request => request.Path == "/attest"));

            Agent.Network.Requests.Clear();
            Assert.Equal(ExitCode.Done, await Agent.RunJson("check"));
            Assert.Equal("/checkpoint", Assert.Single(Agent.Network.Requests).Path);
        }

        /// <summary>Until the first cycle is over.</summary>
        public async Task RunFor(params string[] command)
        {
            using var stop = new CancellationTokenSource();
            int before = Agent.Network.Requests.Count;
            var running = Agent.Run([.. command, "--json"], stop.Token);
            for (int i = 0; i < 600 && Agent.Network.Requests.Count < before + 8; i++) await Task.Delay(100);
            await Task.Delay(500);
            await stop.CancelAsync();
            await running;
        }

        public void Dispose()
        {
            Agent.Dispose();
            _plain.Dispose();
        }
    }
}
