using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Verification;
using SupplyChain.Tests.Kit;
using SupplyChain.UpdaterAgent.Core.Download;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Tests.Network;

namespace SupplyChain.UpdaterAgent.Tests.Hostile;

/// <summary>
/// An agent that trusts version 1.0.0 and has it installed, before servers that speak the node interface over real connections
/// and say what an attacker wants said. Unless a test says otherwise all four are in his hands: what he still
/// cannot do, no smaller attacker can.
/// </summary>
internal sealed class Attacked : IAsyncDisposable
{
    public static readonly byte[] One = Bytes(1), Two = Bytes(2);

    private readonly FakeServers _servers;

    private Attacked(FakeNetwork network)
    {
        Network = network;
        _servers = new FakeServers(network);
        var limits = new DownloadLimits { Rest = TimeSpan.FromMilliseconds(20), Stall = TimeSpan.FromSeconds(1) };
        Agent = new AgentUnderTest(network, limits, _servers.Client());
    }

    public FakeNetwork Network { get; }

    public AgentUnderTest Agent { get; }

    public Release First { get; private set; } = null!;

    /// <summary>With 1.0.0 installed and nothing newer said yet.</summary>
    public static async Task<Attacked> WithVersionOne()
    {
        var attacked = new Attacked(new FakeNetwork());
        attacked.First = attacked.Network.Offer("1.0.0", One);
        await attacked.Agent.Initialise();
        Assert.Equal(ExitCode.Done, await attacked.Agent.RunJson("install"));
        return attacked;
    }

    /// <summary>As <see cref="WithVersionOne"/>, and 2.0.0 is released: what the attacker wants to keep from the agent, or to spoil.</summary>
    public static async Task<Attacked> OfferedVersionTwo(Func<Release, Release>? change = null)
    {
        var attacked = await WithVersionOne();
        attacked.Network.Offer("2.0.0", Two, change);
        return attacked;
    }

    public static Release VersionTwo(Attacked attacked) => TestNetwork.ReleaseOf("2.0.0", 2, attacked.First.Id());

    public void EveryNode(Action<FakeNode> turn)
    {
        foreach (var node in Network.Nodes) turn(node);
    }

    /// <summary>Every node shows this log.</summary>
    public void Show(TestLog log) => EveryNode(node => node.Log = log);

    /// <summary>Every node changes its answers.</summary>
    public void Tamper(Func<string, HttpResponseMessage, HttpResponseMessage> change) => EveryNode(node => node.Tamper = change);

    /// <summary>Every node's bundles are changed before they are sent.</summary>
    public void TamperProof(Func<UpdateProof, UpdateProof> change) => Tamper((path, honest) =>
    {
        if (!path.StartsWith("latest/", StringComparison.Ordinal)) return honest;

        Assert.True(UpdateProof.TryRead(BodyOf(honest), out var proof));
        return FakeNode.Bytes(change(proof).ToBytes());
    });

    /// <summary>A log that all nodes certify although an honest ledger would not: 1.0.0, and then what the attacker appends.</summary>
    public TestLog Forge(Action<TestLog> append)
    {
        var log = Network.LogAfter(2);
        append(log);
        log.Seal(TestNetwork.Created);
        return log;
    }

    /// <summary>The agent refuses by this name, nothing is changed, and when the attacker is gone all is as it was.</summary>
    public async Task Refuses(string name, int code = ExitCode.Refused)
    {
        foreach (string command in (string[])["check", "install"])
        {
            int ended = await Agent.RunJson(command);
            Assert.True(ended != ExitCode.Done, $"{command} took it: {Agent.Output}");
            Assert.Equal((code, name), (ended, ErrorName));
            await AssertUnchanged();
        }
    }

    /// <summary>An install ends otherwise than well, with this name, and nothing is changed.</summary>
    public async Task InstallFails(string name, int code)
    {
        Assert.Equal((code, name), (await Agent.RunJson("install"), ErrorName));
        await AssertUnchanged();
    }

    /// <summary>An install comes to its end although nodes misbehaved, and this is what it says of them.</summary>
    public async Task<string[]> InstallsTwo(string list)
    {
        Assert.Equal(ExitCode.Done, await Agent.RunJson("install"));
        string[] told = [.. Agent.Json.GetProperty(list).EnumerateArray().Select(line => $"{line.GetProperty("node").GetString()} {line.GetProperty("what").GetString()}").Distinct()];
        Assert.Equal(Two, await File.ReadAllBytesAsync(Agent.CurrentFile!));
        return told;
    }

    /// <summary>The names of what nodes did, in the last command's answer.</summary>
    public string[] Faults(string list = "failures") => Agent.Json.TryGetProperty(list, out var lines)
        ? [.. lines.EnumerateArray().Select(line => line.GetProperty("what").GetString()!).Distinct()]
        : [];

    public async Task AssertUnchanged()
    {
        Assert.Equal(One, await File.ReadAllBytesAsync(Agent.CurrentFile!));
        Assert.Equal("1.0.0", (await Agent.Status()).GetProperty("installed").GetString());
    }

    public static byte[] BodyOf(HttpResponseMessage answer) => answer.Content.ReadAsByteArrayAsync().GetAwaiter().GetResult();

    public static bool IsPiece(HttpResponseMessage answer) => answer.Content.Headers.ContentRange is not null;

    public async ValueTask DisposeAsync()
    {
        await _servers.DisposeAsync();
        Agent.Dispose();
        Network.Dispose();
    }

    private string ErrorName => Agent.Json.TryGetProperty("error", out var error) ? error.GetProperty("name").GetString()! : "";

    private static byte[] Bytes(int seed)
    {
        byte[] bytes = new byte[1_200_000];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
