using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using SupplyChain.RepoNode.Operations.Fetching;

namespace SupplyChain.RepoNode.Tests.Host.Fetching;

/// <summary>What a fetcher tells its operator.</summary>
internal sealed class FetchLog : ILogger<ArtifactFetcher>
{
    private readonly ConcurrentQueue<string> _said = new();

    public Task WaitForAsync(string what) =>
        LoopbackNetwork.EventuallyAsync(() => Task.FromResult(_said.Any(line => line.Contains(what, StringComparison.Ordinal))));

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _said.Enqueue(formatter(state, exception));
}
