using System.Text.Json;
using SupplyChain.MaintainerTools.Demo.Cast;
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
        using var agent = await Agent.InitialiseAsync(published, cancellation);
        JsonElement check = await agent.CheckAsync(cancellation);
        for (int i = 0; i < WarmUp; i++) check = await agent.CheckAsync(cancellation);
        TimeSpan before = Environment.CpuUsage.TotalTime;
        for (int i = 0; i < Checks; i++) check = await agent.CheckAsync(cancellation);
        TimeSpan used = Environment.CpuUsage.TotalTime - before;

        return
        [
            new Figure($"nothing-new check, CPU, mean of {Checks}", used.TotalMilliseconds / Checks, 5, "ms"),
            new Figure("nothing-new check, requests", check.GetProperty("requests").GetInt32(), 1, ""),
            new Figure("nothing-new check, bodies", check.GetProperty("bytes").GetInt32(), 1000, "B"),
        ];
    }

    /// <summary>An agent in this process, with its state folder beside the nodes'.</summary>
    internal sealed class Agent : IDisposable
    {
        private readonly HttpClient _http = HttpTransport.Create(TransportLimits.Default);
        private readonly string _state;

        private Agent(string state) => _state = state;

        public static async Task<Agent> InitialiseAsync(PublishedPayload published, CancellationToken cancellation)
        {
            var agent = new Agent(Path.Combine(published.Folder, "state"));
            await agent.RunAsync(cancellation, "init", "--state", agent._state, "--trust-root", published.Network.TrustRoot,
                "--product", Release.Product, "--channel", Release.Channel, "--install", Path.Combine(published.Folder, "install"));
            return agent;
        }

        public Task<JsonElement> CheckAsync(CancellationToken cancellation) => RunAsync(cancellation, "check", "--state", _state);

        public void Dispose() => _http.Dispose();

        private async Task<JsonElement> RunAsync(CancellationToken cancellation, params string[] arguments)
        {
            using var output = new StringWriter();
            var world = new World { Http = _http };
            var commands = new AgentCommandLine(world, json => new UpdaterAgent.Output.Screen(output, TextWriter.Null, json, isTerminal: false));
            int code = await commands.Run([.. arguments, "--json"], cancellation);
            if (code != UpdaterAgent.Output.ExitCode.Done) throw new InvalidOperationException($"{arguments[0]} ended with {code}: {output}");

            using JsonDocument document = JsonDocument.Parse(output.ToString());
            return document.RootElement.Clone();
        }
    }
}
