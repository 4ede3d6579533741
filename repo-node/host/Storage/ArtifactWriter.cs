using System.Buffers;
using System.Security.Cryptography;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Artifacts;

namespace SupplyChain.RepoNode.Storage;

/// <summary>
/// Adds to the end of one artifact's part, in the order of its bytes, and completes it. What was added stays when the
/// writer is gone.
/// </summary>
internal sealed class ArtifactWriter : IDisposable
{
    private const int BufferSize = 128 << 10;

    private readonly ArtifactStore _store;
    private readonly Digest _sha256;
    private readonly FileStream _part;

    internal ArtifactWriter(ArtifactStore store, Digest sha256)
    {
        _store = store;
        _sha256 = sha256;
        _part = new FileStream(store.PartPathOf(sha256), new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read,
            BufferSize = 0,
            UnixCreateMode = DurableFile.Public,
        });
        _part.Position = _part.Length;
    }

    /// <summary>Bytes held.</summary>
    public long Held => _part.Position;

    public ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop) => _part.WriteAsync(bytes, stop);

    /// <summary>Adds what <paramref name="source"/> brings, <paramref name="count"/> bytes at most.</summary>
    /// <returns>True when exactly that many came, and no more.</returns>
    public async Task<bool> AppendAsync(Stream source, long count, CancellationToken stop)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (int read; count > 0 && (read = await source.ReadAsync(buffer, stop)) > 0; count -= read)
            {
                if (read > count) return false;
                await _part.WriteAsync(buffer.AsMemory(0, read), stop);
            }

            return count == 0 && await source.ReadAsync(buffer.AsMemory(0, 1), stop) == 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Waits until what was added is on the disk.</summary>
    public void Sync() => FileSync.Data(_part.SafeFileHandle);

    /// <summary>Forgets everything held.</summary>
    public void Truncate() => _part.SetLength(0);

    /// <summary>
    /// Reads everything back from the disk and publishes it if its SHA-256 is the artifact's name. Otherwise forgets
    /// it.
    /// </summary>
    public bool TryComplete()
    {
        Sync();
        FileSync.DropCache(_part.SafeFileHandle);
        var tree = ReadBack(out var digest);
        if (digest == _sha256)
        {
            _store.Publish(_sha256, tree);
            return true;
        }

        Truncate();
        return false;
    }

    public void Dispose()
    {
        _part.Dispose();
        if (_store.BytesHeld(_sha256) == 0) File.Delete(_store.PartPathOf(_sha256));
        _store.Release(_sha256);
    }

    private VerityTree ReadBack(out Digest digest)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var verity = new VerityHasher();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        _part.Position = 0;
        for (int read; (read = _part.Read(buffer)) > 0;)
        {
            sha256.AppendData(buffer, 0, read);
            verity.Append(buffer.AsSpan(0, read));
        }

        ArrayPool<byte>.Shared.Return(buffer);
        digest = new Digest(sha256.GetHashAndReset());
        return verity.Finish();
    }
}
