using Microsoft.AspNetCore.Connections;
using Microsoft.Data.Sqlite;
using SupplyChain.Protocol;
using SupplyChain.RepoNode.Operations.Joining;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Commands;

/// <summary>What an exception of a node means to its operator (docs/protocol.md §13).</summary>
internal static class NodeFailure
{
    private const int SqliteFull = 13;

    public static CommandFailure Of(Exception failure) => failure switch
    {
        RestoredSnapshotException restored => new CommandFailure(
            ExitCode.Failed, "restored-snapshot",
            $"This node has signed what its signing journal does not hold: {restored.Message}.",
            "The folder was restored from a snapshot, or its keys are in use elsewhere. These keys never sign again: "
            + "make a new node with new keys (docs/operations.md)."),
        JournalDamagedException damage => new CommandFailure(
            ExitCode.Failed, "journal-damaged", damage.Message,
            "Do not repair, delete or restore it: the node could sign a second history. "
            + "Make a new node with new keys (docs/operations.md)."),
        _ when IsDiskFull(failure) => new CommandFailure(
            ExitCode.Environment, "disk-full", $"The disk is full: {failure.Message}",
            "Make room and start the node again: everything it has answered for is on the disk."),
        InvariantBrokenException broken => new CommandFailure(
            ExitCode.Failed, "invariant-broken", broken.Message,
            "What is on the disk is not what this node wrote. Do not start it again before you know why."),
        IOException { InnerException: AddressInUseException } => new CommandFailure(
            ExitCode.Environment, "port-in-use", failure.Message,
            "Find out who listens there, or choose other ports in listen.json."),
        UnauthorizedAccessException => new CommandFailure(
            ExitCode.Environment, "permission-denied", failure.Message,
            "Run as the user that owns the node's directory."),
        IOException or InvalidDataException or SqliteException => new CommandFailure(
            ExitCode.Environment, "environment",
            failure is SqliteException ? $"state.db cannot be used: {failure.Message}" : failure.Message,
            "Check that the directory is the node's own, and the disk sound."),
        _ => new CommandFailure(
            ExitCode.Failed, "stopped", failure.Message,
            "The node stops rather than risk its word. Look at its log before starting it again."),
    };

    private static bool IsDiskFull(Exception failure) =>
        failure is SqliteException { SqliteErrorCode: SqliteFull }
        || (failure is IOException ofFile && FileSync.IsDiskFull(ofFile))
        || (failure.InnerException is { } inner && IsDiskFull(inner));
}
