using System.Security.Cryptography;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Artifacts;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.MaintainerTools.Drafting;

/// <summary>Reads a file once and computes both digests of docs/protocol.md §3.</summary>
internal static class ArtifactDigester
{
    private const int BufferSize = 1 << 20;

    /// <exception cref="CommandFailure">Not readable, too large, or its name is no artifact's.</exception>
    public static async Task<Artifact> ComputeAsync(string path, ProgressBoard board, CancellationToken cancellation)
    {
        string name = Path.GetFileName(path);
        if (!Names.IsArtifactName(name))
        {
            throw CommandFailure.Usage("artifact-name", $"'{name}' is no name for an artifact.",
                "rename it: 1 to 128 of A-Z a-z 0-9 . _ + ~ -, the first a letter or digit");
        }

        await using var stream = Open(path);
        if (stream.Length > Limits.MaxArtifactSize)
            throw CommandFailure.Usage("artifact-too-large", $"{path} has more than {Limits.MaxArtifactSize} bytes.", "split it");

        var bar = board.Add(name, stream.Length);
        var verity = new VerityHasher();
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[BufferSize];
        for (int read; (read = await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0;)
        {
            sha256.AppendData(buffer, 0, read);
            verity.Append(buffer.AsSpan(0, read));
            bar.Report(verity.Size);
        }

        return new Artifact(name, new Digest(sha256.GetHashAndReset()), verity.Finish().Digest, (ulong)verity.Size);
    }

    private static FileStream Open(string path)
    {
        try
        {
            var options = FileOptions.SequentialScan | FileOptions.Asynchronous;
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.Environment("file-unreadable", $"{path} cannot be read: {e.Message}", "check the path and its permissions");
        }
    }
}
