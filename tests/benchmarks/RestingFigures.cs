using System.Diagnostics;
using System.Globalization;

using SupplyChain.MaintainerTools.Demo.Cast;
namespace SupplyChain.Benchmarks;

/// <summary>The agent as it is shipped, waiting between two looks; and the nodes after they served every download.</summary>
internal static class RestingFigures
{
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(8);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(PublishedPayload published, CancellationToken cancellation)
    {
        string program = await PublishAgentAsync(Path.Combine(published.Folder, "agent"), cancellation);
        string state = Path.Combine(published.Folder, "resting");
        using (Process init = Start(program, "init", "--state", state, "--trust-root", published.Network.TrustRoot,
            "--product", Release.Product, "--channel", Release.Channel, "--install", Path.Combine(published.Folder, "resting-install")))
        {
            await init.WaitForExitAsync(cancellation);
        }

        using Process agent = Start(program, "run", "--check-only", "--state", state);
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

    // As a user would: trimmed, compiled ahead, one file.
    private static async Task<string> PublishAgentAsync(string folder, CancellationToken cancellation)
    {
        string project = Path.Combine(Repository(), "updater-agent", "host");
        // Without servers that stay behind and take their share of the memory and the cores.
        using Process publish = Start("dotnet", "publish", project, "-c", "Release", "-r", "linux-x64", "-o", folder, "-v", "q", "--nologo",
            "-nodeReuse:false", "-p:UseSharedCompilation=false");
        Task<string> said = publish.StandardOutput.ReadToEndAsync(cancellation);
        await publish.WaitForExitAsync(cancellation);
        return publish.ExitCode == 0
            ? Path.Combine(folder, "updater-agent")
            : throw new InvalidOperationException($"the agent could not be published: {await said}");
    }

    private static string Repository()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "SupplyChain.sln"))) return folder.FullName;

        throw new InvalidOperationException("the benchmarks run from a clone of the repository");
    }

    private static Process Start(string program, params string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private static double Resident(int process, string field)
    {
        string line = File.ReadLines($"/proc/{process}/status").First(one => one.StartsWith(field, StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
