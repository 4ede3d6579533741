using SupplyChain.Tests.Kit;
using SupplyChain.UpdaterAgent.Installation.Disk;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.State;
using SupplyChain.UpdaterAgent.Tests.Network;

namespace SupplyChain.UpdaterAgent.Tests.Survival;

/// <summary>
/// The program as a user who may not read or write what it needs: told apart from a disk that fails, nothing half written, and
/// it goes on once it may.
/// </summary>
public sealed class Missing_permissions
{
    private const UnixFileMode Open = (UnixFileMode)0b111_101_101, Closed = (UnixFileMode)0b101_101_101;

    [NeedsRootFact]
    public async Task A_state_folder_that_takes_no_file_is_permission_denied()
    {
        await Offered(async (state, folder) =>
        {
            Assert.Equal(ExitCode.Done, (await AgentProcess.Run(state, "status")).ExitCode);
            File.SetUnixFileMode(state.Path, Closed);
            string[] before = Contents(state.Path);

            AssertDenied(await AgentProcess.RunBoundByPermissions(state, "check"), state.Path);
            AssertDenied(await AgentProcess.RunBoundByPermissions(state, "install"), state.Path);
            Assert.Equal(ExitCode.Done, (await AgentProcess.RunBoundByPermissions(state, "status")).ExitCode);
            Assert.Equal(before, Contents(state.Path));

            File.SetUnixFileMode(state.Path, Open);
            await AssertInstalls(state, folder);
        });
    }

    [NeedsRootFact]
    public async Task A_place_to_install_where_nothing_may_be_made_is_permission_denied()
    {
        await Offered(async (state, folder) =>
        {
            Directory.CreateDirectory(folder.In("install"), Closed);
            AssertDenied(await AgentProcess.RunBoundByPermissions(state, "install"), folder.In("install"));
            Assert.Empty(Directory.GetFileSystemEntries(folder.In("install")));

            File.SetUnixFileMode(folder.In("install"), Open);
            await AssertInstalls(state, folder);
        });
    }

    [NeedsRootFact]
    public async Task A_place_to_install_that_may_not_be_made_is_permission_denied()
    {
        await Offered(async (state, folder) =>
        {
            File.SetUnixFileMode(folder.Path, Closed);
            AssertDenied(await AgentProcess.RunBoundByPermissions(state, "install"), folder.In("install"));
            File.SetUnixFileMode(folder.Path, Open);
            Assert.False(Directory.Exists(folder.In("install")));
            await AssertInstalls(state, folder);
        });
    }

    [NeedsRootFact]
    public async Task Files_that_may_not_be_read_are_permission_denied_by_every_command()
    {
        await Offered(async (state, folder) =>
        {
            foreach (string file in (string[])[state.Config, state.TrustRoot, state.TrustedFirst])
            {
                var mode = File.GetUnixFileMode(file);
                File.SetUnixFileMode(file, UnixFileMode.None);
                foreach (string command in (string[])["status", "check", "install", "rollback", "run"])
                    AssertDenied(await AgentProcess.RunBoundByPermissions(state, command), file);
                File.SetUnixFileMode(file, mode);
            }

            await AssertInstalls(state, folder);
        });
    }

    [NeedsRootFact]
    public async Task An_agent_is_not_half_made_where_nothing_may_be_made()
    {
        using var network = new FakeNetwork();
        using var folder = new TemporaryFolder();
        string root = folder.In("root.json");
        await File.WriteAllBytesAsync(root, network.Keys.RootEnvelope.ToBytes());
        string closed = Directory.CreateDirectory(folder.In("closed"), Closed).FullName;

        var ended = await AgentProcess.RunBoundByPermissions(
            new StateFolder(Path.Combine(closed, "state")), "init", "--trust-root", root, "--product", TestNetwork.Product,
            "--channel", TestNetwork.Channel, "--install", folder.In("install"));

        AssertDenied(ended, closed);
        Assert.Empty(Directory.GetFileSystemEntries(closed));
    }

    [Fact]
    public void What_the_kernel_does_not_permit_is_no_failure_of_the_disk()
    {
        using var folder = new TemporaryFolder();
        string directory = Directory.CreateDirectory(folder.In("directory")).FullName;
        var disk = new LinuxDisk();

        // Nobody may link a directory; and what is not there is not there for anybody.
        Assert.Throws<UnauthorizedAccessException>(() => disk.CreateHardLink(folder.In("link"), directory));
        Assert.Throws<IOException>(() => disk.CreateHardLink(folder.In("link"), folder.In("absent")));
    }

    private static async Task Offered(Func<StateFolder, TemporaryFolder, Task> use)
    {
        var (network, servers) = FakeServers.Reachable();
        await using var serving = servers;
        using var folder = new TemporaryFolder();
        network.Offer("1.0.0", "one"u8.ToArray());
        await use(await AgentProcess.Initialise(network, folder), folder);
        network.Dispose();
    }

    private static void AssertDenied(Ended ended, string seen)
    {
        Assert.True((ExitCode.Environment, "permission-denied") == (ended.ExitCode, ended.ErrorName), ended.Output + ended.Errors);
        var error = ended.Json.GetProperty("error");
        Assert.Contains(seen, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("owns", error.GetProperty("hint").GetString(), StringComparison.Ordinal);
    }

    private static async Task AssertInstalls(StateFolder state, TemporaryFolder folder)
    {
        var ended = await AgentProcess.RunBoundByPermissions(state, "install");
        Assert.True(ended.ExitCode == ExitCode.Done, ended.Output);
        Assert.Equal("one", await File.ReadAllTextAsync(Path.Combine(folder.In("install"), "current", "payload.bin")));
    }

    // The lock says who held it last, which every command that takes it may change.
    private static string[] Contents(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "lock")
            .Order(StringComparer.Ordinal).Select(file => $"{file} {Convert.ToHexString(File.ReadAllBytes(file))}"),
    ];
}
