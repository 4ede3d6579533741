using System.Collections.Concurrent;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Artifacts;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.RepoNode.Storage;

/// <summary>An artifact that is whole and was read back from the disk with the digest it is named after.</summary>
internal sealed record StoredArtifact(string Path, string TreePath, long Size);

/// <summary>
/// Artifacts under their digests (docs/protocol.md §13): <c>&lt;hex&gt;</c> is whole, <c>&lt;hex&gt;.tree</c> is its
/// verity tree, <c>&lt;hex&gt;.part</c> the beginning of one that is still coming. The tree is there before the
/// artifact is.
/// </summary>
internal sealed class ArtifactStore(string directory)
{
    private readonly Lock _writersLock = new();
    private readonly HashSet<Digest> _writers = [];
    private readonly ConcurrentDictionary<Digest, Digest> _verityDigests = new();
    private readonly ConcurrentDictionary<Digest, Lock> _readers = new();

    /// <returns>Null unless the artifact is whole.</returns>
    public StoredArtifact? Find(Digest sha256)
    {
        var file = new FileInfo(PathOf(sha256));
        return file.Exists ? new StoredArtifact(file.FullName, TreePathOf(sha256), file.Length) : null;
    }

    /// <summary>Whole here, with all that a release says of it.</summary>
    public bool Holds(Artifact stated) =>
        Find(stated.Sha256) is { } stored && (ulong)stored.Size == stated.Size && VerityDigestIs(stored, stated);

    /// <summary>
    /// Whether the bytes with this SHA-256 are here and have another size or fs-verity digest than stated: then no bytes
    /// have all three.
    /// </summary>
    public bool RulesOut(Artifact stated) => Find(stated.Sha256) is not null && !Holds(stated);

    /// <summary>Bytes held of an artifact that is not whole.</summary>
    public long BytesHeld(Digest sha256)
    {
        var part = new FileInfo(PartPathOf(sha256));
        return part.Exists ? part.Length : 0;
    }

    /// <summary>The right to add to one artifact, which one writer at a time has.</summary>
    /// <returns>Null while another writer has it.</returns>
    public ArtifactWriter? TryWrite(Digest sha256)
    {
        lock (_writersLock)
        {
            if (!_writers.Add(sha256)) return null;
        }

        try
        {
            return new ArtifactWriter(this, sha256);
        }
        catch
        {
            Release(sha256);
            throw;
        }
    }

    internal string PathOf(Digest sha256) => Path.Combine(directory, sha256.ToHex());

    internal string TreePathOf(Digest sha256) => PathOf(sha256) + ".tree";

    internal string PartPathOf(Digest sha256) => PathOf(sha256) + ".part";

    /// <summary>Makes the part the artifact. The tree goes first: an artifact without one is never seen.</summary>
    internal void Publish(Digest sha256, VerityTree tree)
    {
        DurableFile.Write(TreePathOf(sha256), tree.Bytes, DurableFile.Public);
        File.Move(PartPathOf(sha256), PathOf(sha256), overwrite: true);
        FileSync.Directory(directory);
        _verityDigests[sha256] = tree.Digest;
    }

    internal void Release(Digest sha256)
    {
        lock (_writersLock) _writers.Remove(sha256);
    }

    // The tree is looked at once, by whoever asks first; then its digest is remembered.
    private bool VerityDigestIs(StoredArtifact stored, Artifact stated)
    {
        if (_verityDigests.TryGetValue(stated.Sha256, out var known)) return known == stated.FsVerity;

        lock (_readers.GetOrAdd(stated.Sha256, _ => new Lock()))
        {
            if (!_verityDigests.TryGetValue(stated.Sha256, out known))
                _verityDigests[stated.Sha256] = known = VerityDigestOf(stored, stated);
        }

        return known == stated.FsVerity;
    }

    // Its tree was made from the artifact's bytes as they were read back, so it tells their digest, whatever is stated.
    private static Digest VerityDigestOf(StoredArtifact stored, Artifact stated)
    {
        if (stored.Size > VerityTree.BlockSize && File.Exists(stored.TreePath))
        {
            byte[] bytes = File.ReadAllBytes(stored.TreePath);
            if (VerityTree.IsWhole(bytes, stored.Size, out var digest)) return digest;
        }

        // The tree file is damaged: only the bytes themselves can tell.
        var tree = VerityOf(stored.Path);
        if (tree.Digest == stated.FsVerity) DurableFile.Write(stored.TreePath, tree.Bytes, DurableFile.Public);
        return tree.Digest;
    }

    private static VerityTree VerityOf(string path)
    {
        using var file = File.OpenRead(path);
        var hasher = new VerityHasher();
        byte[] buffer = new byte[128 << 10];
        for (int read; (read = file.Read(buffer)) > 0;) hasher.Append(buffer.AsSpan(0, read));
        return hasher.Finish();
    }
}
