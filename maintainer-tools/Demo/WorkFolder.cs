using SupplyChain.MaintainerTools.Terminal;

namespace SupplyChain.MaintainerTools.Demo;

/// <summary>Where the demo works: the folder asked for, which stays, or a temporary one, which goes unless something failed.</summary>
internal sealed class WorkFolder : IDisposable
{
    private bool _kept;

    private WorkFolder(string path, bool kept) => (Path, _kept) = (path, kept);

    public string Path { get; }

    /// <exception cref="CommandFailure">The folder asked for has something in it.</exception>
    public static WorkFolder Prepare(string? asked)
    {
        if (asked is null) return new WorkFolder(Directory.CreateTempSubdirectory("supplychain-demo-").FullName, kept: false);

        string path = System.IO.Path.GetFullPath(asked);
        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
            throw CommandFailure.Usage("folder-not-empty", $"{path} is not empty.", "name a folder that is empty or does not exist yet");

        Directory.CreateDirectory(path);
        return new WorkFolder(path, kept: true);
    }

    public void Keep() => _kept = true;

    public void Dispose()
    {
        if (!_kept) Directory.Delete(Path, recursive: true);
    }
}
