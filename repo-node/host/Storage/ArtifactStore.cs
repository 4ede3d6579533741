using System.Collections.Concurrent;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Artifacts;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.RepoNode.Storage;

/// <summary>An artifact that is whole and was read back from the disk with the digest it is named after.</summary>
internal sealed record StoredArtifact(string Path, string TreePath, long Size);

/// <summary>
/// Artifacts under their digests (docs/protocol.md §13): <c>&lt;hex&gt;</c> is whole, <c>&lt;hex&gt;.tree</c> is its
/// verity tree. The tree is there before the artifact is. Of one that is still coming, <c>&lt;hex&gt;.part</c> is the
/// beginning that was uploaded, <c>&lt;hex&gt;.fetch</c> the beginning that this node fetched: neither waits for the
/// other, and the first that is whole becomes the artifact.
/// </summary>
internal sealed class ArtifactStore(string directory)
{
    // How exactly it is known when an artifact was last of use.
    private static readonly TimeSpan Coarseness = TimeSpan.FromMinutes(10);

    private readonly Lock _writersLock = new();
    private readonly Lock _publishing = new();
    private readonly HashSet<string> _written = [];
    private readonly ConcurrentDictionary<Digest, Digest> _verityDigests = new();
    private readonly ConcurrentDictionary<Digest, Lock> _readers = new();

    /// <returns>Null unless the artifact is whole.</returns>
    public StoredArtifact? Find(Digest sha256)
    {
        var file = new FileInfo(PathOf(sha256));
        return file.Exists ? new StoredArtifact(file.FullName, TreePathOf(sha256), file.Length) : null;
    }

    /// <summary>Whole here, with all that a release says of it. From then on it is not old.</summary>
    public bool Holds(Artifact stated) =>
        Find(stated.Sha256) is { } stored && (ulong)stored.Size == stated.Size && VerityDigestIs(stored, stated)
        && Touch(stored);

    /// <summary>
    /// Whether the bytes with this SHA-256 are here and have another size or fs-verity digest than stated: then no bytes
    /// have all three.
    /// </summary>
    public bool RulesOut(Artifact stated) => Find(stated.Sha256) is not null && !Holds(stated);

    /// <summary>Bytes held of an artifact that is not whole, however they came.</summary>
    public long BytesHeld(Digest sha256) => Math.Max(BytesUploaded(sha256), LengthOf(FetchPathOf(sha256)));

    /// <summary>Bytes that were uploaded of an artifact that is not whole.</summary>
    public long BytesUploaded(Digest sha256) => LengthOf(PartPathOf(sha256));

    /// <summary>The right to add to the upload of one artifact, which one writer at a time has.</summary>
    /// <returns>Null while another writer has it.</returns>
    public ArtifactWriter? TryUpload(Digest sha256) => TryWrite(sha256, PartPathOf(sha256));

    /// <summary>The right to add to what this node fetches of one artifact, which one writer at a time has.</summary>
    /// <returns>Null while another writer has it.</returns>
    public ArtifactWriter? TryFetch(Digest sha256) => TryWrite(sha256, FetchPathOf(sha256));

    /// <summary>The tree kept for a fetch that is under way, if it is the one that the artifact states.</summary>
    public VerityTree? FetchedTreeOf(Artifact stated)
    {
        string path = FetchedTreePathOf(stated.Sha256);
        if (LengthOf(path) != VerityTree.LengthOf((long)stated.Size) || !File.Exists(path)) return null;

        return VerityTree.TryRead(File.ReadAllBytes(path), (long)stated.Size, stated.FsVerity, out var tree) ? tree : null;
    }

    /// <summary>Keeps the tree of a fetch until the artifact is whole. The caller has the right to fetch.</summary>
    public void KeepFetchedTree(Artifact stated, VerityTree tree) =>
        DurableFile.Write(FetchedTreePathOf(stated.Sha256), tree.Bytes, DurableFile.Public);

    /// <summary>
    /// Makes a writer's file the artifact, unless another was first: then it is not needed. The tree goes before it: an
    /// artifact without one is never seen.
    /// </summary>
    internal void Publish(Digest sha256, VerityTree tree, string path)
    {
        lock (_publishing)
        {
            if (Find(sha256) is null)
            {
                DurableFile.Write(TreePathOf(sha256), tree.Bytes, DurableFile.Public);
                File.Move(path, PathOf(sha256), overwrite: true);
                FileSync.Directory(directory);
                _verityDigests[sha256] = tree.Digest;
            }
        }

        DeleteParts(sha256);
    }

    /// <summary>
    /// Deletes an artifact, whole or not, unless something was added to it or asked for it since, or is about to.
    /// </summary>
    /// <returns>True when nothing of it is left.</returns>
    public bool TryForget(Digest sha256, DateTimeOffset untouchedSince)
    {
        lock (_publishing)
        {
            string[] files = [PathOf(sha256), PartPathOf(sha256)];
            if (files.Any(path => File.Exists(path) && File.GetLastWriteTimeUtc(path) > untouchedSince)) return false;

            using var upload = TryUpload(sha256);
            if (upload is null) return false;

            upload.Truncate();
            File.Delete(PathOf(sha256));
            File.Delete(TreePathOf(sha256));
            _verityDigests.TryRemove(sha256, out _);
            return true;
        }
    }

    internal void Release(string path)
    {
        lock (_writersLock) _written.Remove(path);
    }

    // A file's time is when it was last of use. Looked at under the lock: it may be about to be forgotten.
    private bool Touch(StoredArtifact stored)
    {
        lock (_publishing)
        {
            if (!File.Exists(stored.Path)) return false;
            if (DateTime.UtcNow - File.GetLastWriteTimeUtc(stored.Path) > Coarseness)
                File.SetLastWriteTimeUtc(stored.Path, DateTime.UtcNow);
            return true;
        }
    }

    private ArtifactWriter? TryWrite(Digest sha256, string path)
    {
        lock (_writersLock)
        {
            if (!_written.Add(path)) return null;
        }

        try
        {
            return new ArtifactWriter(this, sha256, path);
        }
        catch
        {
            Release(path);
            throw;
        }
    }

    // What a writer has open, it deletes itself when it finds the artifact whole.
    private void DeleteParts(Digest sha256)
    {
        lock (_writersLock)
        {
            foreach (string path in new[] { PartPathOf(sha256), FetchPathOf(sha256) })
            {
                if (!_written.Contains(path)) File.Delete(path);
            }
        }

        File.Delete(FetchedTreePathOf(sha256));
    }

    private string PathOf(Digest sha256) => Path.Combine(directory, sha256.ToHex());

    private string TreePathOf(Digest sha256) => PathOf(sha256) + ".tree";

    private string PartPathOf(Digest sha256) => PathOf(sha256) + ".part";

    private string FetchPathOf(Digest sha256) => PathOf(sha256) + ".fetch";

    private string FetchedTreePathOf(Digest sha256) => PathOf(sha256) + ".fetch.tree";

    private static long LengthOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : 0;
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
