using System.CommandLine;
using Spectre.Console;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Trust;
using SupplyChain.RepoNode.Api;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Commands;

/// <summary><c>repo-node status</c>: asks a running node how it stands.</summary>
internal static class StatusCommand
{
    private const int MaxAnswer = 64 << 10;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private static readonly Option<DirectoryInfo> Data = new("--data")
    {
        Description = "The directory of a node on this machine.",
    };

    private static readonly Option<string> Url = new("--url") { Description = "The URL of any node." };

    public static Command Create() =>
        new Command("status", "Ask a running node how it stands.") { Data, Url }.Runs(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Screen screen, CancellationToken stop)
    {
        string url = UrlOf(parsed);
        if (!Uri.TryCreate(url, UriKind.Absolute, out var node) || node.Scheme is not ("http" or "https"))
            throw new CommandFailure(ExitCode.Usage, "usage", $"'{url}' is not a node's URL.", "It has the form http://HOST:PORT.");

        var status = await AskAsync(node, stop);
        screen.Result(status.WriteTo(new CanonicalJsonWriter()), console => console.Write(Table(status)));

        // With itself, the node then sees fewer than q: nothing new can become final.
        return status.Peers < status.Quorum - 1 ? ExitCode.NoQuorum : ExitCode.Done;
    }

    private static string UrlOf(ParseResult parsed)
    {
        if (parsed.GetValue(Url) is { } url) return url;
        if (parsed.GetValue(Data) is not { } data)
        {
            throw new CommandFailure(
                ExitCode.Usage, "usage", "Which node?", "Name its directory with --data or its URL with --url.");
        }

        string file = new NodeFiles(data.FullName).Description;
        return File.Exists(file) && NodeIdentity.TryRead(File.ReadAllBytes(file), out var identity)
            ? identity.Url
            : throw new CommandFailure(
                ExitCode.Environment, "not-a-node", $"{file} does not describe a node.",
                "Name another directory with --data.");
    }

    private static async Task<NodeStatus> AskAsync(Uri node, CancellationToken stop)
    {
        using var client = new HttpClient { Timeout = Deadline, MaxResponseContentBufferSize = MaxAnswer };
        try
        {
            byte[] answer = await client.GetByteArrayAsync(new Uri(node, "/healthz"), stop);
            if (NodeStatus.TryRead(answer, out var status)) return status;
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            throw NoAnswer($"{node} does not answer: {failure.Message}", "Is the node running?");
        }

        throw NoAnswer($"{node} does not answer as a node.", "Is this a node's URL?");
    }

    private static CommandFailure NoAnswer(string message, string hint) =>
        new(ExitCode.Environment, "no-answer", message, hint);

    private static Table Table(NodeStatus status) => new Table().Border(TableBorder.Rounded).AddColumns("", status.Name)
        .AddRow("origin", status.Origin)
        .AddRow("view", StrictDecimal.Encode(status.View))
        .AddRow("phase", status.Phase)
        .AddRow("clock", status.Clock)
        .AddRow("height", $"{status.Height} of {status.KnownHeight}")
        .AddRow("tree size", StrictDecimal.Encode(status.TreeSize))
        .AddRow("certified size", StrictDecimal.Encode(status.CertifiedSize))
        .AddRow("pending", StrictDecimal.Encode((ulong)status.Pending))
        .AddRow("artifacts fetched", $"{status.ArtifactBytes} of {status.ArtifactBytesNeeded} bytes")
        .AddRow("peers", $"{status.Peers} connected, {status.Quorum - 1} needed");
}
