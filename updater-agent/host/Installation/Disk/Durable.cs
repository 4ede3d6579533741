namespace SupplyChain.UpdaterAgent.Installation.Disk;

/// <summary>Changes that survive a power cut whole or not at all, made of <see cref="IDisk"/>'s operations.</summary>
internal static class Durable
{
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite
        | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode DirectoryMode = FileMode
        | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>After this the file holds <paramref name="bytes"/>; at every instant before, what it held.</summary>
    public static void ReplaceFile(this IDisk disk, string path, ReadOnlySpan<byte> bytes)
    {
        string fresh = Fresh(disk, path);
        using (var stream = disk.CreateFile(fresh, FileMode)) stream.Write(bytes);
        disk.Sync(fresh);
        disk.Rename(fresh, path);
        disk.Sync(Parent(path));
    }

    /// <summary>The link points to <paramref name="target"/> afterwards; at every instant before, where it did.</summary>
    public static void ReplaceLink(this IDisk disk, string path, string target)
    {
        string fresh = Fresh(disk, path);
        disk.CreateSymbolicLink(fresh, target);
        disk.Rename(fresh, path);
        disk.Sync(Parent(path));
    }

    /// <summary>Deletes a file or link if it is there.</summary>
    public static void RemoveFile(this IDisk disk, string path)
    {
        if (!Exists(path)) return;

        disk.DeleteFile(path);
        disk.Sync(Parent(path));
    }

    /// <summary>Makes a directory, and its parents, where there are none.</summary>
    public static void EnsureDirectory(this IDisk disk, string path)
    {
        if (Directory.Exists(path)) return;

        EnsureDirectory(disk, Parent(path));
        disk.CreateDirectory(path, DirectoryMode);
        disk.Sync(Parent(path));
    }

    /// <summary>Deletes whatever is at <paramref name="path"/>, with all that lies in it; follows no link.</summary>
    public static void RemoveTree(this IDisk disk, string path)
    {
        if (!Exists(path)) return;

        RemoveTreeUnsynced(disk, path);
        disk.Sync(Parent(path));
    }

    /// <summary>Makes a tree survive a power cut: every file, then the directory it lies in.</summary>
    public static void SyncTree(this IDisk disk, string directory)
    {
        foreach (string entry in Directory.EnumerateFileSystemEntries(directory))
        {
            if (IsDirectory(entry)) SyncTree(disk, entry);
            else if (!IsLink(entry)) disk.Sync(entry);
        }

        disk.Sync(directory);
    }

    /// <summary>Something is at <paramref name="path"/>; a link counts wherever it points.</summary>
    public static bool Exists(string path) => IsLink(path) || Path.Exists(path);

    /// <summary>A directory and no link to one.</summary>
    public static bool IsDirectory(string path) => Directory.Exists(path) && !IsLink(path);

    public static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;

    private static void RemoveTreeUnsynced(IDisk disk, string path)
    {
        if (!IsDirectory(path))
        {
            disk.DeleteFile(path);
            return;
        }

        foreach (string entry in Directory.GetFileSystemEntries(path)) RemoveTreeUnsynced(disk, entry);
        disk.DeleteDirectory(path);
    }

    // A name beside the path, free of what a crash may have left there.
    private static string Fresh(IDisk disk, string path)
    {
        string fresh = path + ".new";
        if (Exists(fresh)) disk.DeleteFile(fresh);
        return fresh;
    }

    private static string Parent(string path) =>
        Path.GetDirectoryName(path) ?? throw new ArgumentException("The root directory has no parent.", nameof(path));
}
