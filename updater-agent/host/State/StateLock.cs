namespace SupplyChain.UpdaterAgent.State;

/// <summary>The lock of one folder, held while a command changes anything there (docs/protocol.md §9 and §13).</summary>
internal sealed class StateLock : IDisposable
{
    private readonly FileStream _file;

    private StateLock(FileStream file) => _file = file;

    /// <returns>Null when another process holds it.</returns>
    public static StateLock? TryTake(string path)
    {
        try
        {
            // FileShare.None is flock(LOCK_EX | LOCK_NB): the kernel lets go of it when the process ends, however it ends.
            return new StateLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException error) when (error is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException)
                                        && File.Exists(path))
        {
            return null;
        }
    }

    public void Dispose() => _file.Dispose();
}
