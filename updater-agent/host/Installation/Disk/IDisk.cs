namespace SupplyChain.UpdaterAgent.Installation.Disk;

/// <summary>
/// What changes the disk, one operation at a time, so that a test can cut the power between any two. None but
/// <see cref="SetMode"/> follows a symbolic link in a path's last component. Failures are <see cref="IOException"/>s.
/// </summary>
internal interface IDisk
{
    /// <summary>Makes one directory; it must not be there yet.</summary>
    void CreateDirectory(string path, UnixFileMode mode);

    /// <summary>Makes a file; it must not be there yet. Its bytes are safe only after <see cref="Sync"/>.</summary>
    Stream CreateFile(string path, UnixFileMode mode);

    void CreateSymbolicLink(string path, string target);

    void CreateHardLink(string path, string existing);

    void SetMode(string path, UnixFileMode mode);

    /// <summary>Replaces a file or link at <paramref name="to"/> in one step.</summary>
    void Rename(string from, string to);

    /// <summary>Deletes a file, or a link and not what it points to.</summary>
    void DeleteFile(string path);

    /// <summary>Deletes an empty directory.</summary>
    void DeleteDirectory(string path);

    /// <summary>Makes a file's bytes and mode, or a directory's entries, survive a power cut.</summary>
    void Sync(string path);
}
