using System.Text;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Operations.Joining;

/// <summary>
/// Peers hold what this node signed and its journal does not: the folder was restored from a snapshot, or its keys are
/// in use elsewhere. The node never signs again with these keys, whoever answers at its next start.
/// </summary>
internal sealed class RestoredSnapshotException(string seen) : Exception(seen)
{
    /// <summary>Writes beside the keys that they are retired, and why.</summary>
    public static RestoredSnapshotException Retire(NodeFiles files, string seen)
    {
        try
        {
            DurableFile.Write(files.Retired, Encoding.UTF8.GetBytes(seen), DurableFile.Private);
        }
        catch (IOException)
        {
            // Then the peers will say it again.
        }

        return new RestoredSnapshotException(seen);
    }

    /// <returns>Null unless the keys were retired at an earlier start.</returns>
    public static RestoredSnapshotException? Find(NodeFiles files) =>
        File.Exists(files.Retired) ? new RestoredSnapshotException(File.ReadAllText(files.Retired)) : null;
}
