using System.Text.Json;
using SupplyChain.MaintainerTools.Demo;
using SupplyChain.UpdaterAgent.Commands;
using SupplyChain.UpdaterAgent.Transport;
using SupplyChain.UpdaterAgent.Updating;

namespace SupplyChain.Benchmarks;

/// <summary>
/// A check that finds nothing new, as <c>run</c> does one after the other in a warm process: the command itself from its line to
/// its report, reading and writing the state folder, asking a real node.
/// </summary>
internal static class CheckFigures
{
    private const int WarmUp = 100;
    private const int Checks = 200;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(PublishedPayload published, CancellationToken cancellation)
    {
        using HttpClient http = HttpTransport.Create(TransportLimits.Default);
        var world = new World { Http = http };
        string state = Path.Combine(published.Folder, "state");
        await RunAsync(world, cancellation, "init", "--state", state, "--trust-root", published.Network.TrustRoot,
            "--product", Release.Product, "--channel", Release.Channel, "--install", Path.Combine(published.Folder, "install"));

        JsonElement check = await CheckAsync(world, state, cancellation);
        for (int i = 0; i < WarmUp; i++) check = await CheckAsync(world, state, cancellation);
        TimeSpan before = Environment.CpuUsage.TotalTime;
        for (int i = 0; i < Checks; i++) check = await CheckAsync(world, state, cancellation);
        TimeSpan used = Environment.CpuUsage.TotalTime - before;

        return
        [
            new Figure($"nothing-new check, CPU, mean of {Checks}", used.TotalMilliseconds / Checks, 5, "ms"),
            new Figure("nothing-new check, requests", check.GetProperty("requests").GetInt32(), 1, ""),
            new Figure("nothing-new check, bodies", check.GetProperty("bytes").GetInt32(), 1000, "B"),
        ];
    }

    private static Task<JsonElement> CheckAsync(World world, string state, CancellationToken cancellation) =>
        RunAsync(world, cancellation, "check", "--state", state);

    private static async Task<JsonElement> RunAsync(World world, CancellationToken cancellation, params string[] arguments)
    {
        using var output = new StringWriter();
        var commands = new AgentCommandLine(world, json => new UpdaterAgent.Output.Screen(output, TextWriter.Null, json, isTerminal: false));
        int code = await commands.Run([.. arguments, "--json"], cancellation);
        if (code != UpdaterAgent.Output.ExitCode.Done) throw new InvalidOperationException($"{arguments[0]} ended with {code}: {output}");

        using JsonDocument document = JsonDocument.Parse(output.ToString());
        return document.RootElement.Clone();
    }
}
