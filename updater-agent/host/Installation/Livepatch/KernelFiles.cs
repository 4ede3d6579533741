namespace SupplyChain.UpdaterAgent.Installation.Livepatch;

/// <summary>
/// Reads /proc and /sys below a folder of one's choice. What they show may go away between two looks, so everything that
/// cannot be read is null.
/// </summary>
/// <param name="root">"/", but for tests.</param>
internal sealed class KernelFiles(string root)
{
    // The largest that is read here is the notes of a module; nothing in /proc or /sys says its size beforehand.
    private const int Page = 4096, SizeLimit = 64 * Page;

    public string PathOf(string path) => Path.Combine(root, path);

    public bool HasFolder(string path) => Directory.Exists(PathOf(path));

    /// <summary>The text without the white space at its ends.</summary>
    public string? Text(string path) => Bytes(path) is { } bytes ? System.Text.Encoding.UTF8.GetString(bytes).Trim() : null;

    public byte[]? Bytes(string path)
    {
        try
        {
            using var file = File.OpenHandle(PathOf(path));
            byte[] buffer = new byte[Page];
            int length = 0;
            for (int read; (read = RandomAccess.Read(file, buffer.AsSpan(length), length)) > 0;)
            {
                length += read;
                if (length == SizeLimit) break;
                if (length == buffer.Length) Array.Resize(ref buffer, 2 * length);
            }

            return buffer[..length];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Names of the folders in a folder, sorted.</summary>
    public IReadOnlyList<string> Folders(string path)
    {
        try
        {
            // /sys/kernel/livepatch holds folders, /sys/module too; /proc/self is a link and passed over by its name.
            return [.. Directory.GetDirectories(PathOf(path)).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
