namespace SupplyChain.Protocol.Artifacts;

/// <summary>
/// How the bytes of an fs-verity tree lie, as the kernel and <c>fsverity --out-merkle-tree</c> have them: level after
/// level from the one below the root down to the hashes of the file's blocks, each padded with zeros to whole 4096-byte
/// blocks (docs/protocol.md §9). A file of at most one block has no levels.
/// </summary>
internal sealed class VerityLayout
{
    /// <summary>Bytes of a block of the file, and of the tree.</summary>
    public const int BlockSize = 4096;

    /// <summary>Hashes in one block of the tree.</summary>
    public const int HashesPerBlock = BlockSize / Digest.Size;

    private readonly Level[] _levels;

    /// <param name="size">Of the file, 0 to <see cref="Limits.MaxArtifactSize"/> bytes.</param>
    public VerityLayout(long size)
    {
        DataBlocks = Blocks(size);

        var hashCounts = new List<int>();
        for (int hashes = DataBlocks; hashes > 1; hashes = Blocks((long)hashes * Digest.Size)) hashCounts.Add(hashes);

        _levels = new Level[hashCounts.Count];
        for (int level = hashCounts.Count - 1; level >= 0; level--)
        {
            _levels[level] = new Level(TreeLength, hashCounts[level]);
            TreeLength += Blocks((long)hashCounts[level] * Digest.Size) * BlockSize;
        }
    }

    /// <summary>Blocks of the file.</summary>
    public int DataBlocks { get; }

    /// <summary>Bytes of the tree.</summary>
    public int TreeLength { get; }

    public int LevelCount => _levels.Length;

    /// <summary>
    /// Level 0 holds the hashes of the file's blocks, each higher one those of the blocks of the level below.
    /// </summary>
    public Level this[int level] => _levels[level];

    private static int Blocks(long bytes) => (int)((bytes + BlockSize - 1) / BlockSize);

    /// <param name="Offset">Of its first byte in the tree.</param>
    /// <param name="Hashes">How many it holds.</param>
    public readonly record struct Level(int Offset, int Hashes)
    {
        /// <summary>Bytes of its hashes, padding not counted.</summary>
        public int HashBytes => Hashes * Digest.Size;

        /// <summary>Blocks it takes.</summary>
        public int BlockCount => (Hashes + HashesPerBlock - 1) / HashesPerBlock;

        /// <summary>Offset of one of its blocks in the tree.</summary>
        public int BlockOffset(int block) => Offset + block * BlockSize;
    }
}
