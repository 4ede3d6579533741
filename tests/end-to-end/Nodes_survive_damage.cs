using System.Buffers.Binary;
using System.Text.Json;
using SupplyChain.Protocol;
using SupplyChain.Tests.Kit.Processes;

namespace SupplyChain.EndToEnd.Tests;

/// <summary>What is lost or damaged on one node's disk costs that node at most its keys, and nobody anything else.</summary>
public sealed class Nodes_survive_damage : SurvivalTest
{
    private const int Victim = 3;

    private NodeProcess Node => Network.Nodes[Victim];

    [Fact]
    public async Task A_record_that_was_torn_by_the_power_cut_is_cut()
    {
        await Releases.SubmitAsync(Network.Nodes[0], count: 3);
        await Log.AgreesOnAsync(Releases.Ids);
        await Node.KillAsync();

        // The beginning of one more frame: its length, its check, its type, and a part of its body.
        byte[] journal = File.ReadAllBytes(Node.Journal);
        "\0\0\0\x72\x12\x34\x56\x78\x01torn"u8.CopyTo(journal.AsSpan(FrameEnds(journal)[^1]));
        File.WriteAllBytes(Node.Journal, journal);

        Network.Start(Victim);
        await Releases.SubmitAsync(Node, count: 2);
        await Log.AgreesOnAsync(Releases.Ids);
    }

    [Fact]
    public async Task A_damaged_older_record_keeps_the_node_from_voting_and_it_says_why()
    {
        await Releases.SubmitAsync(Network.Nodes[0], count: 3);
        await Log.AgreesOnAsync(Releases.Ids);
        await Node.KillAsync();

        byte[] journal = File.ReadAllBytes(Node.Journal);
        journal[FrameEnds(journal)[1] - 1] ^= 1;
        File.WriteAllBytes(Node.Journal, journal);

        await AssertStopsAsync(1, "is damaged at byte");
        File.Delete(Node.Journal);
        await AssertStopsAsync(1, "is not there");
        await AssertTheOthersGoOnAsync();
    }

    [Fact]
    public async Task A_restored_snapshot_is_found_out_by_the_peers_and_stops_the_node_for_good()
    {
        await Releases.SubmitAsync(Network.Nodes[0], count: 1);
        await Log.AgreesOnAsync(Releases.Ids);
        Assert.Equal(0, await Node.StopAsync());
        string snapshot = Path.Combine(Folder, "snapshot");
        Copy(Node.Data, snapshot);

        Network.Start(Victim);
        await Releases.SubmitAsync(Node, count: 3);
        await Log.AgreesOnAsync(Releases.Ids);
        Assert.Equal(0, await Node.StopAsync());
        Directory.Delete(Node.Data, recursive: true);
        Copy(snapshot, Node.Data);

        await AssertStopsAsync(1, "has signed what its signing journal does not hold");
        await AssertTheOthersGoOnAsync();

        // Also when nobody is left to say so.
        foreach (var other in Network.Nodes.Where(node => node.IsRunning)) await other.KillAsync();
        await AssertStopsAsync(1, "These keys never sign again");
    }

    [Fact]
    public async Task A_node_that_starts_with_nothing_but_its_keys_and_journal_gets_everything_from_its_peers()
    {
        await Releases.SubmitAsync(Network.Nodes[0], count: 5);
        await Log.AgreesOnAsync(Releases.Ids);
        await Node.KillAsync();
        foreach (string file in Directory.EnumerateFiles(Node.Data, "state.db*")) File.Delete(file);
        foreach (string folder in new[] { "tile", "artifacts", "logs" })
            Directory.Delete(Path.Combine(Node.Data, folder), recursive: true);

        Network.Start(Victim);
        await Log.AgreesOnAsync(Releases.Ids);
        await NodeProcesses.EventuallyAsync(Node, async () => (await HealthAsync()).GetProperty("phase").GetString() == "taking-part");
        var health = await HealthAsync();
        Assert.Equal(health.GetProperty("knownHeight").GetUInt64(), health.GetProperty("height").GetUInt64());
        Assert.Equal((ulong)Releases.Bytes.Length, health.GetProperty("artifactBytesNeeded").GetUInt64());
        Assert.Equal((ulong)Releases.Bytes.Length, health.GetProperty("artifactBytes").GetUInt64());
        string artifact = $"/artifact/sha256/{Digest.Of(Releases.Bytes)}";
        Assert.Equal(Releases.Bytes, await Node.Http.GetByteArrayAsync(artifact));

        await Releases.SubmitAsync(Node, count: 1);
        await Log.AgreesOnAsync(Releases.Ids);
    }

    private async Task<JsonElement> HealthAsync()
    {
        using var json = JsonDocument.Parse(await Node.Http.GetByteArrayAsync("/healthz"));
        return json.RootElement.Clone();
    }

    private async Task AssertStopsAsync(int exitCode, string saying)
    {
        Network.Start(Victim);
        Assert.Equal(exitCode, await Node.WaitForExitAsync(TimeSpan.FromSeconds(60)));
        Assert.Contains(saying, Node.Said, StringComparison.Ordinal);
    }

    private async Task AssertTheOthersGoOnAsync()
    {
        await Releases.SubmitAsync(Network.Nodes[1], count: 1);
        await Log.AgreesOnAsync(Releases.Ids, Network.Nodes.Where(node => node.IsRunning));
    }

    /// <summary>Where each frame of a journal ends (docs/protocol.md §11).</summary>
    private static List<int> FrameEnds(ReadOnlySpan<byte> journal)
    {
        var ends = new List<int>();
        for (int at = 0; BinaryPrimitives.ReadInt32BigEndian(journal[at..]) is > 0 and int length; ends.Add(at))
            at += 8 + length;
        return ends;
    }

    private static void Copy(string from, string to)
    {
        foreach (string folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories).Prepend(from))
            Directory.CreateDirectory(folder.Replace(from, to, StringComparison.Ordinal));
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            File.Copy(file, file.Replace(from, to, StringComparison.Ordinal));
    }
}
