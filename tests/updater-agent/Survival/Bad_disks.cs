using SupplyChain.Tests.Kit;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.State;
using SupplyChain.UpdaterAgent.Tests.Network;

namespace SupplyChain.UpdaterAgent.Tests.Survival;

/// <summary>The program on disks that are full or read-only: a clear error, nothing half-written, and it goes on when there is room.</summary>
public sealed class Bad_disks
{
    [MountsDiskFact]
    public async Task A_payload_without_room_for_it_is_told_before_the_download()
    {
        using var disk = new DiskUnderTest("8m");
        await disk.Agent(20_000_000);
        var ended = await AgentProcess.Run(disk.State, "install");
        Assert.Equal((ExitCode.Failed, "disk-failed"), (ended.ExitCode, ended.ErrorName));
        Assert.Contains("full", ended.Json.GetProperty("error").GetProperty("hint").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(disk.Network.Requests, request => request.Path.StartsWith("/artifact/", StringComparison.Ordinal) && !request.Path.EndsWith("/tree", StringComparison.Ordinal));
        Assert.Equal(ExitCode.Done, (await AgentProcess.Run(disk.State, "status")).ExitCode);

        disk.Disk.Grow("80m");
        Assert.Equal(ExitCode.Done, (await AgentProcess.Run(disk.State, "install")).ExitCode);
        Assert.True(File.Exists(disk.Current));
    }

    [MountsDiskFact]
    public async Task A_slot_that_fills_the_disk_gives_its_room_back_and_the_old_version_stays()
    {
        using var disk = new DiskUnderTest("24m");
        await disk.Agent(1_000_000);
        Assert.Equal(ExitCode.Done, (await AgentProcess.Run(disk.State, "install")).ExitCode);
        byte[] old = await File.ReadAllBytesAsync(disk.Current);

        // Room for the download and not for the slot beside it.
        disk.Offer("2.0.0", 14_000_000);
        var ended = await AgentProcess.Run(disk.State, "install");
        Assert.Equal((ExitCode.Failed, "disk-failed"), (ended.ExitCode, ended.ErrorName));
        Assert.Equal(old, await File.ReadAllBytesAsync(disk.Current));
        var status = (await AgentProcess.Run(disk.State, "status")).Json;
        Assert.Equal("1.0.0", status.GetProperty("installed").GetString());
        Assert.Equal(0, status.GetProperty("quarantined").GetArrayLength());

        disk.Disk.Grow("80m");
        var later = await AgentProcess.Run(disk.State, "install");
        Assert.Equal(ExitCode.Done, later.ExitCode);
        Assert.Equal(14_000_000, later.Json.GetProperty("resumedBytes").GetInt64());
    }

    [MountsDiskFact]
    public async Task Without_room_for_the_trusted_state_the_old_one_stays_whole()
    {
        using var disk = new DiskUnderTest("2m");
        await disk.Agent(10_000);
        Assert.Equal(ExitCode.Done, (await AgentProcess.Run(disk.State, "check")).ExitCode);
        long trusted = (await AgentProcess.Run(disk.State, "status")).Json.GetProperty("treeSize").GetInt64();
        disk.Offer("2.0.0", 10_000);
        disk.Disk.Fill();

        var ended = await AgentProcess.Run(disk.State, "check");
        Assert.Equal((ExitCode.Failed, "disk-failed"), (ended.ExitCode, ended.ErrorName));
        var status = await AgentProcess.Run(disk.State, "status");
        Assert.Equal(ExitCode.Done, status.ExitCode);
        Assert.Equal(trusted, status.Json.GetProperty("treeSize").GetInt64());
        Assert.False(status.Json.TryGetProperty("stateDamage", out _));

        File.Delete(Path.Combine(disk.Folder, "filler"));
        Assert.Equal(ExitCode.Done, (await AgentProcess.Run(disk.State, "install")).ExitCode);
    }

    [MountsDiskFact]
    public async Task On_a_read_only_disk_status_tells_and_everything_else_says_why_not()
    {
        using var disk = new DiskUnderTest("8m");
        await disk.Agent(10_000);
        Assert.Equal(ExitCode.Done, (await AgentProcess.Run(disk.State, "install")).ExitCode);
        disk.Disk.MakeReadOnly();
        Assert.Equal(ExitCode.Done, (await AgentProcess.Run(disk.State, "status")).ExitCode);
        foreach (string command in (string[])["check", "install", "rollback"])
        {
            var ended = await AgentProcess.Run(disk.State, command);
            Assert.Equal((ExitCode.Failed, "disk-failed"), (ended.ExitCode, ended.ErrorName));
            Assert.Contains("Read-only", ended.Json.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        }

        disk.Disk.MakeWritable();
        Assert.Equal(ExitCode.Done, (await AgentProcess.Run(disk.State, "check")).ExitCode);
    }

    /// <summary>An agent whose state and install folders lie on a small disk, with servers of its own.</summary>
    private sealed class DiskUnderTest : IDisposable
    {
        private readonly TemporaryFolder _folder = new();
        private readonly FakeServers _servers;

        public DiskUnderTest(string size)
        {
            (Network, _servers) = FakeServers.Reachable();
            Disk = new SmallDisk(_folder.In("small"), size);
        }

        public FakeNetwork Network { get; }

        public SmallDisk Disk { get; }

        public string Folder => _folder.In("small");

        public StateFolder State => new(Path.Combine(Folder, "state"));

        public string Current => Path.Combine(Folder, "install", "current", "payload.bin");

        public async Task Agent(int payload)
        {
            Offer("1.0.0", payload);
            string root = _folder.In("root.json");
            await File.WriteAllBytesAsync(root, Network.Keys.RootEnvelope.ToBytes());
            var ended = await AgentProcess.Run(
                State, "init", "--trust-root", root, "--product", TestNetwork.Product, "--channel", TestNetwork.Channel,
                "--install", Path.Combine(Folder, "install"));
            Assert.True(ended.ExitCode == ExitCode.Done, ended.Output);
        }

        public void Offer(string version, int size)
        {
            byte[] bytes = new byte[size];
            new Random(size).NextBytes(bytes);
            Network.Offer(version, bytes);
        }

        public void Dispose()
        {
            _servers.DisposeAsync().AsTask().GetAwaiter().GetResult();
            Network.Dispose();
            Disk.Dispose();
            _folder.Dispose();
        }
    }
}
