using System.CommandLine;
using System.Text.Json.Nodes;
using SupplyChain.MaintainerTools.Publishing;
using SupplyChain.MaintainerTools.Shares;
using SupplyChain.MaintainerTools.Signing;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.MaintainerTools.Commands;

/// <summary>What all commands that write a statement have in common.</summary>
internal static class StatementOptions
{
    public static Option<string> Origin() => new("--origin") { Description = "The network's name.", Required = true };

    public static Option<string> Product() => new("--product") { Description = "The product.", Required = true };

    public static Option<string> Version() => new("--version")
    {
        Description = "The version, normalised as NuGet does: 1.2.0, 1.3.0-rc.1.",
        Required = true,
    };

    public static Option<string> Output() => new("--out") { Description = "Where the statement goes.", Required = true };

    public static Option<string?> Node() => new("--node") { Description = "Ask this node what came before.", HelpName = "URL" };

    public static Option<string?> TrustRoot() => new("--trust-root")
    {
        Description = "Ask the nodes of this trust root what came before, and have it proven.",
        HelpName = "FILE",
    };

    public static Option<string?> Previous() => new("--previous") { Description = "Id of the statement before this one.", HelpName = "HEX" };

    public static ReleaseVersion ReadVersion(string text) => ReleaseVersion.TryParse(text, out var version)
        ? version
        : throw CommandFailure.Usage("version-invalid", $"'{text}' is not a version in its one spelling.",
            "write it normalised, in lower case and without metadata: 1.2.0, not 1.2 or v1.2.0+build");

    public static Digest ReadDigest(string option, string text) => Digest.TryParseHex(text, out var digest)
        ? digest
        : throw CommandFailure.Usage("digest-invalid", $"{option} is not 64 lower-case hexadecimal digits.", "copy the whole id");

    public static T ReadWord<T>(string option, string word, IReadOnlyDictionary<string, T> words) => words.TryGetValue(word, out var value)
        ? value
        : throw CommandFailure.Usage("word-unknown", $"{option} cannot be '{word}'.", $"choose one of {string.Join(", ", words.Keys)}");

    /// <summary>Runs something with the current map at hand; null when neither a node nor a trust root is given.</summary>
    public static async Task<T?> WithPositionAsync<T>(
        Invocation invocation, Option<string?> node, Option<string?> trustRoot, Func<ChainPosition, Task<T>> work)
        where T : struct
    {
        using var http = NodeClient.CreateHttp();
        if (invocation.Find(trustRoot) is { } path)
        {
            var network = new Network(EnvelopeFile.LoadTrustRoot(path), http, TimeProvider.System);
            return await work(ChainPosition.ProvenBy(network)).ConfigureAwait(false);
        }

        if (invocation.Find(node) is not { } url) return null;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            throw CommandFailure.Usage("url-invalid", $"'{url}' is not the URL of a node.", "write http://host:port");

        invocation.Screen.Note($"Taking the word of {url} for what came before; give --trust-root to have it proven.");
        return await work(ChainPosition.ClaimedBy(new NodeClient(http, url, url))).ConfigureAwait(false);
    }

    /// <summary>Writes a statement that obeys all rules, and says what it is.</summary>
    public static Outcome Write(Statement statement, string path)
    {
        if (statement.InvalidField is { } field)
            throw CommandFailure.Usage("statement-invalid", $"The statement's '{field}' breaks its rule.", "see docs/protocol.md, section 3");

        DurableFile.CreatePublic(path, statement.ToPayload());
        var summary = StatementSummary.Of(statement);
        var json = new JsonObject { ["statement"] = path, ["kind"] = summary.Kind, ["id"] = statement.Id().ToHex() };
        return new Outcome(json, screen =>
        {
            foreach (var (label, value) in summary.Rows) screen.Line($"{label,-14} {value}");
            screen.Line($"Wrote {path}, statement {statement.Id().ToHex()}. Nobody has signed it: next is `share sign request`.");
        });
    }
}
