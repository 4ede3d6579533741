using System.CommandLine;
using Spectre.Console;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;
using SupplyChain.RepoNode.Operations;
using SupplyChain.RepoNode.Operations.Uploads;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Commands;

/// <summary><c>repo-node init</c>: makes a node's keys and writes down who it is, for the trust root.</summary>
internal static class InitCommand
{
    private static readonly Option<string> Name = new("--name")
    {
        Description = "The node's name in the trust root.",
        Required = true,
    };

    private static readonly Option<string> Listen = new("--listen")
    {
        Description = "HOST:PORT for agents and maintainers.",
        Required = true,
    };

    private static readonly Option<string> ListenPeers = new("--listen-peers")
    {
        Description = "HOST:PORT for the other nodes; by default the next port.",
    };

    private static readonly Option<string> Url = new("--url")
    {
        Description = "http://HOST:PORT by which others reach this node; by default where it listens.",
    };

    private static readonly Option<DirectoryInfo> Data = new("--data")
    {
        Description = "The node's own directory.",
        Required = true,
    };

    public static Command Create() =>
        new Command("init", "Make the keys of a new node.") { Name, Listen, ListenPeers, Url, Data }
            .Runs((parsed, screen, _) => Task.FromResult(Run(parsed, screen)));

    private static ExitCode Run(ParseResult parsed, Screen screen)
    {
        string name = parsed.GetRequiredValue(Name);
        if (!Names.IsName(name))
            throw Usage($"'{name}' is not a name.", "1 to 64 of a-z 0-9 . - with a letter or digit at both ends.");

        var http = Address(parsed.GetRequiredValue(Listen));
        var peers = Address(parsed.GetValue(ListenPeers) ?? $"{http.Host}:{http.Port + 1}");
        string url = parsed.GetValue(Url) ?? $"http://{http}";

        var files = new NodeFiles(parsed.GetRequiredValue(Data).FullName);
        if (File.Exists(files.Description))
        {
            throw new CommandFailure(
                ExitCode.Failed, "exists", $"{files.Description} exists already.",
                "Keys are never replaced. Choose another directory for another node.");
        }

        var identity = Write(files, name, new ListenAddresses(http, peers), url, PeerOf(url, peers));
        screen.Result(
            new CanonicalJsonWriter().BeginObject()
                .Field("file", files.Description)
                .Name("node").Raw(identity.ToBytes())
                .EndObject(),
            console => console.MarkupLineInterpolated(
                $"Made the keys of [bold]{name}[/]. Give {files.Description} to whoever prepares the trust root."));
        return ExitCode.Done;
    }

    // node.json comes last: while it is not there, init can be run again once the keys of the attempt are removed by
    // hand.
    private static NodeIdentity Write(NodeFiles files, string name, ListenAddresses addresses, string url, string peer)
    {
        NodeKeys.Create(files, name);
        using var keys = NodeKeys.Load(files);
        var identity = keys.IdentityOf(name, url, peer);
        bool readable = NodeIdentity.TryRead(identity.ToBytes(), out _);
        Invariant.Holds(readable, "what is in node.json can stand in a trust root");

        DurableFile.Write(files.ListenAddresses, addresses.ToBytes(), DurableFile.Public);
        DurableFile.Write(files.UploadLimits, UploadLimits.Default.ToBytes(), DurableFile.Public);
        DurableFile.WriteNew(files.Description, identity.ToBytes(), DurableFile.Public);
        return identity;
    }

    // Peers find the node under the same host as everybody else.
    private static string PeerOf(string url, ListenAddress peers)
    {
        bool read = Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp;
        if (!read || url != $"http://{uri!.Host}:{uri.Port}")
            throw Usage($"'{url}' is not a node's URL.", "It has the form http://HOST:PORT.");

        return $"{uri.Host}:{peers.Port}";
    }

    private static ListenAddress Address(string text) => ListenAddress.TryParse(text, out var address)
        ? address
        : throw Usage(
            $"'{text}' is not an address to listen on.",
            "It has the form HOST:PORT; the host is an IP address or localhost.");

    private static CommandFailure Usage(string message, string hint) => new(ExitCode.Usage, "usage", message, hint);
}
