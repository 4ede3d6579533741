using System.Buffers;
using System.Security.Cryptography;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Artifacts;

namespace SupplyChain.RepoNode.Storage;

/// <summary>
/// Adds to the end of one part of an artifact, in the order of its bytes, and completes it. What was added stays when the
/// writer is gone, unless the artifact is whole by then.
/// </summary>
internal sealed class ArtifactWriter : IDisposable
{
    private const int BufferSize = 128 << 10;

    private readonly ArtifactStore _store;
    private readonly Digest _sha256;
    private readonly string _path;
    private readonly FileStream _part;

    internal ArtifactWriter(ArtifactStore store, Digest sha256, string path)
    {
        _store = store;
        _sha256 = sha256;
        _path = path;
        _part = new FileStream(path, new FileStreamOptions
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

    /// <summary>Keeps the pieces at the beginning that fit the tree, and forgets everything behind them.</summary>
    /// <param name="tree">The artifact's.</param>
    /// <param name="known">So many pieces are known to fit, and not read again.</param>
    /// <returns>How many pieces are kept.</returns>
    public int KeepPieces(VerityTree tree, int known)
    {
        byte[] buffer = new byte[VerityTree.PieceSize];
        int kept = (int)Math.Min(known, Held / VerityTree.PieceSize);
        for (; kept < tree.PieceCount; kept++)
        {
            var piece = buffer.AsSpan(0, tree.PieceLength(kept));
            _part.Position = OffsetOf(kept);
            int read = _part.ReadAtLeast(piece, piece.Length, throwOnEndOfStream: false);
            if (read < piece.Length || !tree.VerifyPiece(kept, piece)) break;
        }

        _part.SetLength(Math.Min(OffsetOf(kept), tree.Size));
        _part.Position = _part.Length;
        return kept;
    }

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
            _store.Publish(_sha256, tree, _path);
            return true;
        }

        Truncate();
        return false;
    }

    public void Dispose()
    {
        try
        {
            bool isOfUse = _part.Length > 0 && _store.Find(_sha256) is null;
            _part.Dispose();
            if (!isOfUse) File.Delete(_path);
        }
        finally
        {
            // Also where the disk will not delete: the next one begins with what is there.
            _store.Release(_path);
        }
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

    private static long OffsetOf(int piece) => (long)piece * VerityTree.PieceSize;
}
