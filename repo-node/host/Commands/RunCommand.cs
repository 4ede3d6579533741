using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text;
using Spectre.Console;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.RepoNode.Operations;
using SupplyChain.RepoNode.Operations.Joining;
using SupplyChain.RepoNode.Operations.Uploads;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Commands;

/// <summary><c>repo-node run</c>: takes part until it is told to stop.</summary>
internal static class RunCommand
{
    private static readonly Option<DirectoryInfo> Data = new("--data")
    {
        Description = "The node's own directory.",
        Required = true,
    };

    private static readonly Option<FileInfo> TrustRoot = new("--trust-root")
    {
        Description = "The envelope of trust root 1.",
        Required = true,
    };

    private const int MaxUploadLimits = 1 << 10;

    public static Command Create() =>
        new Command("run", "Take part until told to stop.") { Data, TrustRoot }.Runs(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Screen screen, CancellationToken stop)
    {
        var files = new NodeFiles(parsed.GetRequiredValue(Data).FullName);
        if (!File.Exists(files.Description))
        {
            throw new CommandFailure(
                ExitCode.Environment, "not-a-node", $"There is no node in {files.Data}.",
                "Make one with repo-node init.");
        }

        using var held = NodeLock.TryTake(files.Lock) ?? throw new CommandFailure(
            ExitCode.Locked, "locked", $"Another process runs the node in {files.Data}.",
            "Stop it first; do not delete the lock.");
        files.CreateDirectories();
        if (RestoredSnapshotException.Find(files) is { } retired) throw NodeFailure.Of(retired);

        using var keys = NodeKeys.Load(files);
        var root = ReadRoot(parsed.GetRequiredValue(TrustRoot));
        int self = root.Find(keys) ?? throw new CommandFailure(
            ExitCode.Refused, "not-in-trust-root", "The trust root does not name a node with these keys.",
            $"Give {files.Description} to whoever prepares the trust root.");

        return await ServeAsync(files, keys, root, self, screen, stop);
    }

    private static async Task<ExitCode> ServeAsync(
        NodeFiles files, NodeKeys keys, FirstRoot root, int self, Screen screen, CancellationToken stop)
    {
        await using var node = BuildNode(files, keys, root, self);

        // The host stops on both signals by itself; only the exit code tells them apart.
        bool interrupted = false;
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => interrupted = true);
        await node.StartAsync(stop);

        var identity = root.Root.Nodes[self];
        screen.Result(
            new CanonicalJsonWriter().BeginObject()
                .Field("name", identity.Name)
                .Field("origin", root.Root.Origin)
                .Field("url", identity.Url)
                .Field("peer", identity.Peer)
                .EndObject(),
            console => console.MarkupLineInterpolated(
                $"[bold]{identity.Name}[/] of {root.Root.Origin} is ready at {identity.Url}"));

        if (await node.WaitForEndAsync(stop) is { } failure) throw NodeFailure.Of(failure);

        return interrupted ? ExitCode.Interrupted : ExitCode.Done;
    }

    private static Node BuildNode(NodeFiles files, NodeKeys keys, FirstRoot root, int self)
    {
        if (!ListenAddresses.TryRead(File.ReadAllBytes(files.ListenAddresses), out var addresses))
        {
            throw new CommandFailure(
                ExitCode.Environment, "not-a-node", $"{files.ListenAddresses} does not say where to listen.",
                """It holds {"http":"HOST:PORT","peers":"HOST:PORT"}.""");
        }

        return new Node(files, keys, root, self, addresses, ReadUploadLimits(files), TimeProvider.System, Logging.Create(files));
    }

    private static UploadLimits ReadUploadLimits(NodeFiles files)
    {
        if (!File.Exists(files.UploadLimits)) return UploadLimits.Default;

        return UploadLimits.TryRead(ReadUpTo(files.UploadLimits, MaxUploadLimits), out var limits)
            ? limits
            : throw new CommandFailure(
                ExitCode.Environment, "not-a-node", $"{files.UploadLimits} does not say how much may be uploaded.",
                $"It holds {Encoding.ASCII.GetString(UploadLimits.Default.ToBytes())}, without spaces or line ends.");
    }

    private static FirstRoot ReadRoot(FileInfo file) =>
        FirstRoot.Read(ReadUpTo(file.FullName, Limits.MaxEntrySize + 1)).TryGet(out var root, out var rejection)
            ? root
            : throw new CommandFailure(
                ExitCode.Refused, rejection.Name, $"{file.FullName} is not a trust root: {rejection.Detail}.",
                "Check it with share trust show.");

    // No more than it takes to see that there is too much.
    private static byte[] ReadUpTo(string path, int limit)
    {
        using var file = File.OpenRead(path);
        byte[] bytes = new byte[limit];
        int length = file.ReadAtLeast(bytes, limit, throwOnEndOfStream: false);
        return bytes[..length];
    }
}
