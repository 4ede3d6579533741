using SupplyChain.UpdaterAgent.Installation.Disk;

namespace SupplyChain.UpdaterAgent.Tests.Installation;

internal sealed class PowerCutException : Exception;

/// <summary>
/// A disk whose power is cut before one operation; every later operation fails too. What a cut may take back is kept:
/// bytes of files that were not synced, and entries of directories that were not.
/// </summary>
internal sealed class PowerCutDisk(int operationsBeforeCut, bool filesAreSynced = true) : IDisk
{
    private readonly LinuxDisk _disk = new();
    private readonly List<Unsynced> _unsynced = [];
    private readonly Lock _counting = new();

    public int Operations { get; private set; }

    /// <summary>Told of each directory whose entries survive a cut from now on.</summary>
    public Action<string>? DirectorySynced { get; init; }

    public void CreateDirectory(string path, UnixFileMode mode)
    {
        Count();
        _disk.CreateDirectory(path, mode);
        Remember(path, () => Directory.Delete(path, recursive: true));
    }

    public Stream CreateFile(string path, UnixFileMode mode)
    {
        Count();
        var stream = _disk.CreateFile(path, mode);
        Remember(path, () => File.Delete(path));
        _unsynced.Add(new(path, IsContent: true, () => { }));
        return stream;
    }

    public void CreateSymbolicLink(string path, string target)
    {
        Count();
        _disk.CreateSymbolicLink(path, target);
        Remember(path, () => File.Delete(path));
    }

    public void CreateHardLink(string path, string existing)
    {
        Count();
        _disk.CreateHardLink(path, existing);
        Remember(path, () => File.Delete(path));
    }

    public void SetMode(string path, UnixFileMode mode)
    {
        Count();
        _disk.SetMode(path, mode);
    }

    public void Rename(string from, string to)
    {
        Count();
        var replaced = Restore(to);
        _disk.Rename(from, to);
        for (int i = 0; i < _unsynced.Count; i++)
        {
            if (_unsynced[i].IsContent && _unsynced[i].Path == from) _unsynced[i] = _unsynced[i] with { Path = to };
        }

        Remember(to, () =>
        {
            _disk.Rename(to, from);
            replaced();
        });
    }

    public void DeleteFile(string path)
    {
        Count();
        var deleted = Restore(path);
        _disk.DeleteFile(path);
        Remember(path, deleted);
    }

    public void DeleteDirectory(string path)
    {
        Count();
        _disk.DeleteDirectory(path);
        Remember(path, () => Directory.CreateDirectory(path));
    }

    public void Sync(string path)
    {
        Count();
        _disk.Sync(path);
        bool isDirectory = Directory.Exists(path);
        if (isDirectory)
        {
            _unsynced.RemoveAll(change => !change.IsContent && Path.GetDirectoryName(change.Path) == path);
            DirectorySynced?.Invoke(path);
        }
        else if (filesAreSynced) _unsynced.RemoveAll(change => change.IsContent && change.Path == path);
    }

    /// <summary>
    /// Takes back what was not synced: all of it, or with <paramref name="chance"/> in every directory the changes from
    /// some point on, and the bytes of some files.
    /// </summary>
    public void LoseUnsynced(Random? chance = null)
    {
        foreach (var file in _unsynced.Where(change => change.IsContent && File.Exists(change.Path)))
        {
            if (chance is null || chance.Next(2) == 0) File.WriteAllBytes(file.Path, []);
        }

        var kept = _unsynced.Where(change => !change.IsContent)
            .GroupBy(change => Path.GetDirectoryName(change.Path))
            .SelectMany(changes => changes.Take(chance?.Next(changes.Count() + 1) ?? 0))
            .ToHashSet(ReferenceEqualityComparer.Instance);
        foreach (var change in _unsynced.Where(c => !c.IsContent && !kept.Contains(c)).Reverse())
        {
            try
            {
                change.Undo();
            }
            catch (IOException)
            {
                // The directory around it is gone already, or was never there.
            }
        }
    }

    /// <summary>One more operation, of this disk or of anything else that ends with the power.</summary>
    public void Count()
    {
        lock (_counting)
        {
            if (Operations == operationsBeforeCut) throw new PowerCutException();
            Operations++;
        }
    }

    private void Remember(string path, Action undo) => _unsynced.Add(new(path, IsContent: false, undo));

    private static Action Restore(string path)
    {
        if (new FileInfo(path).LinkTarget is { } target) return () => File.CreateSymbolicLink(path, target);
        if (!File.Exists(path)) return () => { };

        byte[] bytes = File.ReadAllBytes(path);
        return () => File.WriteAllBytes(path, bytes);
    }

    private sealed record Unsynced(string Path, bool IsContent, Action Undo);
}
