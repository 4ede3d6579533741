namespace SupplyChain.Protocol.Artifacts;

/// <summary>Builds the <see cref="VerityTree"/> of an artifact whose bytes come one span after the other.</summary>
public sealed class VerityHasher
{
    private readonly byte[] _block = new byte[VerityTree.BlockSize];
    private int _blockLength;
    private byte[] _hashes = new byte[64 * Digest.Size];
    private int _hashesLength;
    private bool _finished;

    /// <summary>Bytes appended so far.</summary>
    public long Size { get; private set; }

    /// <summary>The tree of an artifact that is in memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than <see cref="Limits.MaxArtifactSize"/> bytes.</exception>
    public static VerityTree Compute(ReadOnlySpan<byte> artifact)
    {
        var hasher = new VerityHasher();
        hasher.Append(artifact);
        return hasher.Finish();
    }

    /// <exception cref="ArgumentOutOfRangeException">
    /// More than <see cref="Limits.MaxArtifactSize"/> bytes in all.
    /// </exception>
    /// <exception cref="InvalidOperationException">The tree was finished already.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        ThrowIfFinished();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Size + bytes.Length, Limits.MaxArtifactSize);

        Size += bytes.Length;
        if (_blockLength > 0)
        {
            int taken = Math.Min(bytes.Length, _block.Length - _blockLength);
            bytes[..taken].CopyTo(_block.AsSpan(_blockLength));
            _blockLength += taken;
            bytes = bytes[taken..];
            if (_blockLength < _block.Length) return;

            AddHash(_block);
        }

        for (; bytes.Length >= _block.Length; bytes = bytes[_block.Length..]) AddHash(bytes[.._block.Length]);

        bytes.CopyTo(_block);
        _blockLength = bytes.Length;
    }

    /// <summary>The tree of everything appended; the hasher takes no more.</summary>
    /// <exception cref="InvalidOperationException">The tree was finished already.</exception>
    public VerityTree Finish()
    {
        ThrowIfFinished();
        _finished = true;
        if (_blockLength > 0) AddHash(_block.AsSpan(0, _blockLength));
        return VerityTree.FromBlockHashes(Size, _hashes.AsSpan(0, _hashesLength));
    }

    private void AddHash(ReadOnlySpan<byte> block)
    {
        if (_hashesLength == _hashes.Length) Array.Resize(ref _hashes, _hashes.Length * 2);

        VerityTree.HashBlock(block, _hashes.AsSpan(_hashesLength, Digest.Size));
        _hashesLength += Digest.Size;
    }

    private void ThrowIfFinished()
    {
        if (_finished) throw new InvalidOperationException("The tree is finished.");
    }
}
