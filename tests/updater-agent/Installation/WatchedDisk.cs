using SupplyChain.UpdaterAgent.Installation.Disk;

namespace SupplyChain.UpdaterAgent.Tests.Installation;

/// <summary>A disk that tells of each operation, by its name and path, before it carries it out.</summary>
internal sealed class WatchedDisk(Action<string, string> before) : IDisk
{
    private readonly LinuxDisk _disk = new();

    public void CreateDirectory(string path, UnixFileMode mode)
    {
        before(nameof(CreateDirectory), path);
        _disk.CreateDirectory(path, mode);
    }

    public Stream CreateFile(string path, UnixFileMode mode)
    {
        before(nameof(CreateFile), path);
        return _disk.CreateFile(path, mode);
    }

    public void CreateSymbolicLink(string path, string target)
    {
        before(nameof(CreateSymbolicLink), path);
        _disk.CreateSymbolicLink(path, target);
    }

    public void CreateHardLink(string path, string existing)
    {
        before(nameof(CreateHardLink), path);
        _disk.CreateHardLink(path, existing);
    }

    public void SetMode(string path, UnixFileMode mode)
    {
        before(nameof(SetMode), path);
        _disk.SetMode(path, mode);
    }

    public void Rename(string from, string to)
    {
        before(nameof(Rename), to);
        _disk.Rename(from, to);
    }

    public void DeleteFile(string path)
    {
        before(nameof(DeleteFile), path);
        _disk.DeleteFile(path);
    }

    public void DeleteDirectory(string path)
    {
        before(nameof(DeleteDirectory), path);
        _disk.DeleteDirectory(path);
    }

    public void Sync(string path)
    {
        before(nameof(Sync), path);
        _disk.Sync(path);
    }
}
