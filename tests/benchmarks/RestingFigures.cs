using System.Diagnostics;
using System.Globalization;
using SupplyChain.MaintainerTools.Demo.Cast;
using SupplyChain.Tests.Kit.Processes;

namespace SupplyChain.Benchmarks;

/// <summary>The agent as it is shipped, waiting between two looks; and the nodes after they served every download.</summary>
internal static class RestingFigures
{
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(8);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(PublishedPayload published, CancellationToken cancellation)
    {
        string folder = Path.Combine(published.Folder, "agent");
        await PublishedPrograms.PublishAsync(folder, cancellation, PublishedPrograms.UpdaterAgent);
        string program = Path.Combine(folder, "updater-agent");
        string state = Path.Combine(published.Folder, "resting");
        await HostProgram.RunAsync(
            folder, program,
            ["init", "--state", state, "--trust-root", published.Network.TrustRoot, "--product", Release.Product, "--channel", Release.Channel,
                "--install", Path.Combine(published.Folder, "resting-install")],
            cancellation);

        using Process agent = Process.Start(new ProcessStartInfo(program, ["run", "--check-only", "--state", state])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await Task.Delay(Settled, cancellation);
        if (agent.HasExited || !File.Exists(Path.Combine(state, "latest.update")))
            throw new InvalidOperationException("the agent did not look, or did not stay");

        double resting = Resident(agent.Id, "VmRSS:");
        agent.Kill();
        await agent.WaitForExitAsync(cancellation);
        return
        [
            new Figure("agent resident between two looks, as published", resting / 1e6, 60, "MB"),
            new Figure("node resident after serving every download, largest", published.Network.PeakMemory() / 1e6, 200, "MB"),
        ];
    }

    private static double Resident(int process, string field)
    {
        string line = File.ReadLines($"/proc/{process}/status").First(one => one.StartsWith(field, StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
