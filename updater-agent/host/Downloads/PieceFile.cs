using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Artifacts;
using SupplyChain.UpdaterAgent.Core.Download;

namespace SupplyChain.UpdaterAgent.Downloads;

/// <summary>
/// An artifact that arrives piece by piece, at its final size from the start. The file is its own record of what is kept:
/// whoever opens it again checks every piece against the attested tree, so that no list can disagree with the bytes.
/// </summary>
internal sealed class PieceFile : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly VerityTree _tree;
    private readonly bool _isNew;

    private PieceFile(SafeFileHandle file, VerityTree tree, bool isNew) => (_file, _tree, _isNew) = (file, tree, isNew);

    /// <exception cref="IOException">The disk has no room for all of it.</exception>
    public static PieceFile Open(string path, VerityTree tree)
    {
        if (File.Exists(path) && new FileInfo(path).Length == tree.Size)
        {
            return new PieceFile(File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite), tree, isNew: false);
        }

        // Reserves the blocks now: a full disk is told before the download, not near its end.
        var file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, preallocationSize: tree.Size);
        RandomAccess.SetLength(file, tree.Size);
        return new PieceFile(file, tree, isNew: true);
    }

    /// <summary>The pieces that are here and right.</summary>
    public PieceSet Kept()
    {
        var kept = new PieceSet(_tree.PieceCount);
        if (_isNew) return kept;

        byte[] buffer = new byte[VerityTree.PieceSize];
        for (int piece = 0; piece < kept.Total; piece++)
        {
            var bytes = buffer.AsSpan(0, _tree.PieceLength(piece));
            int read = RandomAccess.Read(_file, bytes, OffsetOf(piece));
            if (read == bytes.Length && _tree.VerifyPiece(piece, bytes)) kept.Add(piece);
        }

        return kept;
    }

    /// <summary>Stores a piece that was checked. Several threads may store different pieces.</summary>
    public void Write(int piece, ReadOnlySpan<byte> bytes) => RandomAccess.Write(_file, bytes, OffsetOf(piece));

    /// <summary>SHA-256 of the whole file as it is on disk, after a flush.</summary>
    public Digest Seal()
    {
        RandomAccess.FlushToDisk(_file);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[VerityTree.PieceSize];
        long offset = 0;
        while (RandomAccess.Read(_file, buffer, offset) is var count && count > 0)
        {
            hash.AppendData(buffer, 0, count);
            offset += count;
        }

        return new Digest(hash.GetHashAndReset());
    }

    public void Dispose() => _file.Dispose();

    public static long OffsetOf(int piece) => (long)piece * VerityTree.PieceSize;
}
