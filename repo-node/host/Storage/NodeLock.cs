namespace SupplyChain.RepoNode.Storage;

/// <summary>
/// One process per data directory: two with the same vote key are an equivocation. The kernel releases the lock when
/// the process ends, however it ends; the file stays.
/// </summary>
internal sealed class NodeLock : IDisposable
{
    private readonly FileStream _file;

    private NodeLock(FileStream file) => _file = file;

    /// <returns>Null when another process holds it.</returns>
    public static NodeLock? TryTake(string path)
    {
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = DurableFile.Private,
            };
            return new NodeLock(new FileStream(path, options));
        }
        catch (IOException failure) when (failure is not (FileNotFoundException or DirectoryNotFoundException))
        {
            return null;
        }
    }

    public void Dispose() => _file.Dispose();
}
