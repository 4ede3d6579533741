using System.Text.Json;
using SupplyChain.Protocol.Artifacts;
using SupplyChain.Protocol.Statements;
using SupplyChain.UpdaterAgent.Installation.Disk;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Tests.Installation;
using SupplyChain.UpdaterAgent.Tests.Network;

namespace SupplyChain.UpdaterAgent.Tests.Survival;

/// <summary>
/// Ctrl-C while <c>install</c> downloads, unpacks and switches, and at every effect of an update: before the switch it ends with
/// 130 and what ran runs on, after it the installation comes to its end; nothing is half written, and the next one goes on.
/// </summary>
public sealed class Stopped_in_the_middle
{
    private static readonly byte[] One = Bytes((3 * VerityTree.PieceSize) + 5);

    [Fact]
    public async Task While_downloading_it_keeps_the_pieces_and_leaves_no_slot()
    {
        using var agent = await Offered(One);
        int pieces = 0;
        using var stop = new CancellationTokenSource();
        foreach (var node in agent.Network.Nodes)
        {
            node.Tamper = (_, honest) =>
            {
                if (honest.Content.Headers.ContentRange is not null && Interlocked.Increment(ref pieces) == 3) stop.Cancel();
                return honest;
            };
        }

        await AssertInterrupted(agent, agent.World.Disk, stop);
        Assert.False(Directory.Exists(Path.Combine(agent.Install, "slots")));
        Assert.NotEmpty(Directory.GetFiles(agent.State.Downloads));

        foreach (var node in agent.Network.Nodes) node.Tamper = null;
        Assert.Equal(ExitCode.Done, await agent.RunJson("install"));
        Assert.InRange(agent.Json.GetProperty("resumedBytes").GetInt64(), 1, One.Length);
        Assert.Equal(One, await File.ReadAllBytesAsync(agent.CurrentFile!));
    }

    [Fact]
    public async Task While_unpacking_it_empties_the_slot_and_keeps_the_download()
    {
        byte[] archive = new TarBytes().Directory("./").File("./first", "1").File("./second", "2").File("./third", "3").End();
        using var agent = await Offered(archive, PayloadFormat.Tar);
        using var stop = new CancellationTokenSource();
        var disk = new WatchedDisk((operation, path) =>
        {
            if (operation == nameof(IDisk.CreateFile) && path.EndsWith("/slots/a/second", StringComparison.Ordinal)) stop.Cancel();
        });

        await AssertInterrupted(agent, disk, stop);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(agent.Install, "slots")));

        Assert.Equal(ExitCode.Done, await agent.RunJson("install"));
        Assert.Equal(archive.Length, agent.Json.GetProperty("resumedBytes").GetInt64());
        Assert.Equal("3", await File.ReadAllTextAsync(Path.Combine(agent.Install, "current", "third")));
    }

    [Fact]
    public async Task While_switching_it_brings_the_installation_to_its_end()
    {
        using var agent = await Offered(One);
        using var stop = new CancellationTokenSource();
        var disk = new WatchedDisk((operation, path) =>
        {
            if (operation == nameof(IDisk.Rename) && path == Path.Combine(agent.Install, "current")) stop.Cancel();
        });

        Assert.Equal(ExitCode.Done, await agent.RunIn(agent.World with { Disk = disk }, stop.Token, "install"));
        Assert.True(stop.IsCancellationRequested);
        Assert.Equal("installed", agent.Json.GetProperty("status").GetString());
        Assert.Equal(One, await File.ReadAllBytesAsync(agent.CurrentFile!));
        Assert.Equal("confirmed", (await agent.Status()).GetProperty("step").GetString());
        AssertNothingHalfWritten(agent);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task At_every_effect_the_old_version_runs_on_or_the_new_one_is_confirmed(bool installedBefore)
    {
        using var update = await RepeatedUpdate.Create(installedBefore);
        var ends = new List<int>();
        bool stopped = true;
        for (int effects = 0; stopped; effects++)
        {
            update.StartOver();
            using var stop = new CancellationTokenSource();
            var moment = new Moment(effects, stop);
            int code = await update.Install(new WatchedDisk((_, _) => moment.Pass()), moment.Pass, stop.Token);
            stopped = stop.IsCancellationRequested;
            if (stopped) ends.Add(code);

            string when = $"stopped at effect {effects}";
            await AssertEnd(update, code, installedBefore, when);
            await update.AssertGoesOn(when);
        }

        // Of both kinds, or the loop looked at one side of the switch only.
        Assert.Equal([ExitCode.Done, ExitCode.Interrupted], ends.Distinct().Order());
    }

    private static async Task AssertEnd(RepeatedUpdate update, int code, bool installedBefore, string when)
    {
        var agent = update.Agent;
        await update.AssertOldOrNew(when);
        AssertNothingHalfWritten(agent);
        var ended = agent.Json;
        var status = await agent.Status();
        if (code == ExitCode.Done)
        {
            Assert.Equal(("2.0.0", "confirmed"), (Text(status, "installed"), Text(status, "step")));
            return;
        }

        Assert.True(code == ExitCode.Interrupted, $"{when}: {ended}");
        Assert.Equal("interrupted", ended.GetProperty("error").GetProperty("name").GetString());
        Assert.Equal(installedBefore ? "1.0.0" : null, Text(status, "installed"));
        Assert.NotEqual("switched", Text(status, "step"));
    }

    private static async Task AssertInterrupted(AgentUnderTest agent, IDisk disk, CancellationTokenSource stop)
    {
        Assert.Equal(ExitCode.Interrupted, await agent.RunIn(agent.World with { Disk = disk }, stop.Token, "install"));
        var error = agent.Json.GetProperty("error");
        Assert.Equal("interrupted", error.GetProperty("name").GetString());
        Assert.Contains("kept", error.GetProperty("hint").GetString(), StringComparison.Ordinal);
        Assert.False((await agent.Status()).TryGetProperty("installed", out _));
        AssertNothingHalfWritten(agent);
    }

    // A slot that is there is described, which is done when it is whole; and no file waits for its name.
    private static void AssertNothingHalfWritten(AgentUnderTest agent)
    {
        string slots = Path.Combine(agent.Install, "slots");
        string[] staged = Directory.Exists(slots) ? Directory.GetDirectories(slots) : [];
        Assert.All(staged, slot => Assert.True(File.Exists(slot + ".json"), slot));

        string[] folders = [.. new[] { agent.State.Path, agent.Install }.Where(Directory.Exists)];
        Assert.DoesNotContain(
            folders.SelectMany(folder => Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories)),
            path => path.EndsWith(".new", StringComparison.Ordinal));
    }

    private static async Task<AgentUnderTest> Offered(byte[] payload, PayloadFormat format = PayloadFormat.File)
    {
        var network = new FakeNetwork();
        network.Offer("1.0.0", payload, release => release with { Format = format });
        return await new AgentUnderTest(network).Initialise();
    }

    private static string? Text(JsonElement status, string name) => status.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static byte[] Bytes(int size)
    {
        byte[] bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Lets so many effects pass, and asks to stop at the next.</summary>
    private sealed class Moment(int effects, CancellationTokenSource stop)
    {
        private int _left = effects;

        public void Pass()
        {
            if (Interlocked.Decrement(ref _left) == -1) stop.Cancel();
        }
    }
}
