using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Tests.Network;

namespace SupplyChain.UpdaterAgent.Tests.Survival;

/// <summary>The program itself, real connections, kill −9 at moments that a seed draws.</summary>
public sealed class Killed_at_random_moments
{
    private const int Rounds = 4;
    private const int LatestMilliseconds = 1500;

    [Fact]
    public async Task The_old_or_the_new_version_works_and_the_next_start_goes_on()
    {
        var (network, servers) = FakeServers.Reachable();
        await using var serving = servers;
        using var folder = new TemporaryFolder();
        network.Offer("1.0.0", Payload(0));
        var state = await AgentProcess.Initialise(network, folder);
        string current = Path.Combine(folder.In("install"), "current", "payload.bin");
        Assert.Equal(ExitCode.Done, (await AgentProcess.Run(state, "install")).ExitCode);

        var random = new Random(20_261_125);
        for (int round = 1; round <= Rounds; round++)
        {
            network.Offer($"1.0.{round}", Payload(round));
            long trusted = (await AgentProcess.Run(state, "status")).Json.GetProperty("treeSize").GetInt64();
            int moment = random.Next(LatestMilliseconds);
            using (var killed = AgentProcess.Start(state, "install"))
            {
                await Task.Delay(moment);
                killed.Kill();
                await killed.End();
            }

            byte[] running = await File.ReadAllBytesAsync(current);
            Assert.True(running.AsSpan().SequenceEqual(Payload(round - 1)) || running.AsSpan().SequenceEqual(Payload(round)), $"killed after {moment} ms");
            var status = await AgentProcess.Run(state, "status");
            Assert.True(status.ExitCode == ExitCode.Done, $"killed after {moment} ms: {status.Output}");
            Assert.True(status.Json.GetProperty("treeSize").GetInt64() >= trusted);

            var next = await AgentProcess.Run(state, "install");
            Assert.True(next.ExitCode == ExitCode.Done, $"killed after {moment} ms: {next.Output}");
            Assert.Equal(Payload(round), await File.ReadAllBytesAsync(current));
        }
    }

    private static byte[] Payload(int round)
    {
        byte[] bytes = new byte[6_000_000];
        new Random(round).NextBytes(bytes);
        return bytes;
    }
}
