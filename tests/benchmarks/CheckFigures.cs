using SupplyChain.MaintainerTools.Demo.Cast;
using SupplyChain.UpdaterAgent.Commands;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Output.Reports;
using SupplyChain.UpdaterAgent.State;
using SupplyChain.UpdaterAgent.Transport;
using SupplyChain.UpdaterAgent.Updating;

namespace SupplyChain.Benchmarks;

/// <summary>
/// A check that finds nothing new, as <c>run</c> does one after the other in a warm process: all of the command from taking the
/// lock to its report, reading and writing the state folder, asking a real node.
/// </summary>
internal static class CheckFigures
{
    private const int WarmUp = 100;
    private const int Checks = 200;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(PublishedPayload published, CancellationToken cancellation)
    {
        using var agent = Agent.Initialise(published);
        CheckReport check = await agent.CheckAsync(cancellation);
        for (int i = 0; i < WarmUp; i++) check = await agent.CheckAsync(cancellation);
        TimeSpan before = Environment.CpuUsage.TotalTime;
        for (int i = 0; i < Checks; i++) check = await agent.CheckAsync(cancellation);
        TimeSpan used = Environment.CpuUsage.TotalTime - before;

        return
        [
            new Figure($"nothing-new check, CPU, mean of {Checks}", used.TotalMilliseconds / Checks, 5, "ms"),
            new Figure("nothing-new check, requests", check.Requests, 1, ""),
            new Figure("nothing-new check, bodies", check.Bytes, 1000, "B"),
        ];
    }

    /// <summary>An agent in this process, with its state folder beside the nodes'.</summary>
    internal sealed class Agent : IDisposable
    {
        private readonly StateFolder _folder;
        private readonly World _world = new() { Http = HttpTransport.Create(TransportLimits.Default) };
        private readonly Screen _screen = new(TextWriter.Null, TextWriter.Null, json: true, isTerminal: false);

        private Agent(StateFolder folder) => _folder = folder;

        public static Agent Initialise(PublishedPayload published)
        {
            var agent = new Agent(new StateFolder(Path.Combine(published.Folder, "state")));
            new InitCommand(agent._world).Run(agent._folder, new InitCommand.Request(
                published.Network.TrustRoot, Release.Product, Release.Channel, Path.Combine(published.Folder, "install"),
                Health: null, PollSeconds: null, Kind: null));
            return agent;
        }

        public async Task<CheckReport> CheckAsync(CancellationToken cancellation)
        {
            using var session = AgentSession.Open(_folder, _world);
            return await CheckCommand.Run(session, _screen, cancellation) switch
            {
                CheckReport report => report,
                ErrorReport error => throw new InvalidOperationException($"check: {error.Error.Name}: {error.Error.Message}"),
                var other => throw new InvalidOperationException($"check: {other.GetType().Name}"),
            };
        }

        public void Dispose() => _world.Http.Dispose();
    }
}
