namespace SupplyChain.RepoNode.Storage;

/// <summary>Whole small files that are there completely or not at all, whenever the power goes.</summary>
internal static class DurableFile
{
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode Public = Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    public const UnixFileMode PrivateDirectory = Private | UnixFileMode.UserExecute;
    public const UnixFileMode PublicDirectory =
        Public | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Creates what is missing of a directory's path; each new name is on the disk when it returns.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void CreateDirectory(string path, UnixFileMode mode)
    {
        if (Directory.Exists(path)) return;

        string? parent = Path.GetDirectoryName(Path.GetFullPath(path));
        if (parent is null) return;

        CreateDirectory(parent, PublicDirectory);
        Directory.CreateDirectory(path, mode);
        FileSync.Directory(parent);
    }

    /// <summary>Replaces the file.</summary>
    /// <exception cref="IOException">The disk failed; the old content stands.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode) =>
        Write(path, content, mode, overwrite: true);

    /// <summary>Creates the file; never replaces one.</summary>
    /// <exception cref="IOException">It is there already, or the disk failed.</exception>
    public static void WriteNew(string path, ReadOnlySpan<byte> content, UnixFileMode mode) =>
        Write(path, content, mode, overwrite: false);

    private static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode, bool overwrite)
    {
        if (!overwrite && File.Exists(path)) throw new IOException($"{path} exists already.");

        string temporary = path + ".tmp";
        File.Delete(temporary);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = mode,
            BufferSize = 0,
        };
        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(content);
            FileSync.Data(stream.SafeFileHandle);
        }

        File.Move(temporary, path, overwrite);
        FileSync.Directory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }
}
