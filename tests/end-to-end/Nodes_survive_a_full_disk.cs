using System.Diagnostics;
using SupplyChain.Tests.Kit;

namespace SupplyChain.EndToEnd.Tests;

/// <summary>One node's folder is a file system of 32 MiB, and something else fills it.</summary>
public sealed class Nodes_survive_a_full_disk : SurvivalTest
{
    private const int Victim = 3;

    private string Disk => Path.Combine(Folder, "node-03");

    private string Filling => Path.Combine(Disk, "filling");

    [NeedsRootFact]
    public async Task A_node_without_room_stops_and_says_so_and_comes_back_when_there_is_room()
    {
        var node = Network.Nodes[Victim];
        await Releases.SubmitAsync(Network.Nodes[0], count: 2);
        await Log.AgreesOnAsync(Releases.Ids);

        Fill();
        await Releases.SubmitAsync(Network.Nodes[0], count: 4);
        Assert.Equal(3, await node.WaitForExitAsync(TimeSpan.FromSeconds(60)));
        Assert.Contains("The disk is full", node.Said, StringComparison.Ordinal);
        await Log.AgreesOnAsync(Releases.Ids, Network.Nodes.Where(other => other.IsRunning));

        File.Delete(Filling);
        Network.Start(Victim);
        await Releases.SubmitAsync(node, count: 1);
        await Log.AgreesOnAsync(Releases.Ids);
    }

    protected override async Task PrepareAsync()
    {
        Directory.CreateDirectory(Disk);
        if (Environment.IsPrivilegedProcess) await RunAsync("mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", Disk);
    }

    protected override async Task CleanUpAsync()
    {
        if (Environment.IsPrivilegedProcess) await RunAsync("umount", Disk);
    }

    private void Fill()
    {
        try
        {
            using var filling = new FileStream(Filling, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 });
            while (true) filling.Write(new byte[4096]);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} failed.");
    }
}
