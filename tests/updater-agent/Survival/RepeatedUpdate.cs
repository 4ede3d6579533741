using SupplyChain.Protocol.Trust;
using SupplyChain.UpdaterAgent.Core.Download;
using SupplyChain.UpdaterAgent.Installation.Disk;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.State;
using SupplyChain.UpdaterAgent.Tests.Network;

namespace SupplyChain.UpdaterAgent.Tests.Survival;

/// <summary>
/// One update of one agent that begins again and again from the same files, so that each time something else can happen
/// in the middle of it: 1.0.0 is known, or installed, and 2.0.0 is offered.
/// </summary>
internal sealed class RepeatedUpdate : IDisposable
{
    private readonly TemporaryFolder _beginning = new();
    private readonly bool _installedBefore;

    private RepeatedUpdate(AgentUnderTest agent, bool installedBefore) => (Agent, _installedBefore) = (agent, installedBefore);

    public static byte[] Old { get; } = Bytes(1, 70_000);

    public static byte[] New { get; } = Bytes(2, 600_000);

    public AgentUnderTest Agent { get; }

    public static async Task<RepeatedUpdate> Create(bool installedBefore)
    {
        var network = new FakeNetwork();
        network.Offer("1.0.0", Old);
        var agent = await new AgentUnderTest(network).Initialise();
        Assert.Equal(ExitCode.Done, await agent.RunJson(installedBefore ? "install" : "check"));
        network.Offer("2.0.0", New);

        var update = new RepeatedUpdate(agent, installedBefore);
        Copy(agent.State.Path, update._beginning.In("state"));
        if (installedBefore) Copy(agent.Install, update._beginning.In("install"));
        return update;
    }

    /// <summary>All files are again as they were before the update.</summary>
    public void StartOver()
    {
        foreach (string folder in (string[])[Agent.State.Path, Agent.Install])
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }

        Copy(_beginning.In("state"), Agent.State.Path);
        if (_installedBefore) Copy(_beginning.In("install"), Agent.Install);
    }

    /// <summary>The program's <c>install</c>.</summary>
    /// <param name="disk">What it writes to.</param>
    /// <param name="request">Told of every request before it leaves.</param>
    /// <param name="stop">As Ctrl-C.</param>
    public async Task<int> Install(IDisk disk, Action request, CancellationToken stop = default)
    {
        using var http = new HttpClient(new WatchedNetwork(Agent.Network, request), disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        // One request at a time, so that the same number means the same effect in every run.
        var limits = new DownloadLimits { PerNode = 1 };
        return await Agent.RunIn(Agent.World with { Http = http, Disk = disk, Download = limits }, stop, "install");
    }

    /// <summary>The old version or the new one, whole; nothing at all only where nothing was.</summary>
    public async Task AssertOldOrNew(string when)
    {
        byte[]? current = Agent.CurrentFile is { } file ? await File.ReadAllBytesAsync(file) : null;
        Assert.True(
            current is null ? !_installedBefore : current.AsSpan().SequenceEqual(Old) || current.AsSpan().SequenceEqual(New), when);
    }

    /// <summary>An undisturbed <c>install</c> brings the new version.</summary>
    public async Task AssertGoesOn(string when)
    {
        int code = await Agent.RunJson("install");
        Assert.True(code == ExitCode.Done, $"{when}: {Agent.Output}");
        Assert.Equal(New, await File.ReadAllBytesAsync(Agent.CurrentFile!));
        Assert.Equal("2.0.0", (await Agent.Status()).GetProperty("installed").GetString());
    }

    /// <summary>The trusted state that the first of its two copies holds.</summary>
    public TrustedState FirstCopy()
    {
        byte[] file = File.ReadAllBytes(Agent.State.TrustedFirst);
        Assert.True(TrustedState.TryRead(file.AsSpan(sizeof(uint)), out var state));
        return state;
    }

    /// <summary>The trusted state as the agent's next start finds it.</summary>
    public TrustedState Loaded() => AgentState.Load(Agent.State, new LinuxDisk()).Trusted;

    public void Dispose()
    {
        Agent.Dispose();
        Agent.Network.Dispose();
        _beginning.Dispose();
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to, File.GetUnixFileMode(from));
        foreach (var entry in new DirectoryInfo(from).EnumerateFileSystemInfos())
        {
            string copy = Path.Combine(to, entry.Name);
            if (entry.LinkTarget is { } target) File.CreateSymbolicLink(copy, target);
            else if (entry is DirectoryInfo) Copy(entry.FullName, copy);
            else File.Copy(entry.FullName, copy);
        }
    }

    private static byte[] Bytes(int seed, int size)
    {
        byte[] bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private sealed class WatchedNetwork(FakeNetwork network, Action request) : DelegatingHandler(network)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage asked, CancellationToken cancellationToken)
        {
            request();
            return base.SendAsync(asked, cancellationToken);
        }
    }
}
