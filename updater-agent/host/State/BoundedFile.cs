namespace SupplyChain.UpdaterAgent.State;

/// <summary>Reads a small file that may be anything: a device states no length, and has no end.</summary>
internal static class BoundedFile
{
    /// <returns>Null when there are more than <paramref name="limit"/> bytes.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static byte[]? Read(string path, int limit)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        byte[] bytes = new byte[limit + 1];
        int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length <= limit ? bytes[..length] : null;
    }
}
