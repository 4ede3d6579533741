using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;

namespace SupplyChain.Protocol.Nonces;

/// <summary>
/// A node's answer to one nonce (docs/protocol.md §10): a <see cref="NonceStatement"/> with the way from the nonce to its
/// tree. What is left out, origin and nonce, is what the asker knows.
/// <code>u64 time ‖ u64 size ‖ root ‖ u16 nonces ‖ u16 index ‖ u8 count ‖ 32-byte hashes ‖ signature (64)</code>
/// </summary>
public sealed class NonceAnswer
{
    private readonly byte[] _signature;

    private NonceAnswer(long time, TreeSize size, Digest root, InclusionProof path, ReadOnlySpan<byte> signature)
    {
        Time = time;
        Size = size;
        Root = root;
        Path = path;
        _signature = signature.ToArray();
    }

    /// <summary>Unix seconds by the node's clock.</summary>
    public long Time { get; }

    /// <summary>Of the newest checkpoint the node ever cosigned.</summary>
    public TreeSize Size { get; }

    /// <summary>Of that checkpoint.</summary>
    public Digest Root { get; }

    /// <summary>From the nonce to the root of the tree of the instant.</summary>
    public InclusionProof Path { get; }

    /// <summary>64 bytes.</summary>
    public ReadOnlySpan<byte> Signature => _signature;

    /// <summary>The answers to all of these nonces, in their order: one signature for all of them.</summary>
    public static IReadOnlyList<NonceAnswer> Sign(
        Ed25519PrivateKey attestationKey, Checkpoint newest, long time, IReadOnlyList<Nonce> nonces)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(time);
        var tree = new NonceTree(nonces);
        byte[] signature = new NonceStatement(newest, time, tree.Root).Sign(attestationKey);
        return
        [
            .. Enumerable.Range(0, nonces.Count)
                .Select(index => new NonceAnswer(time, newest.Size, newest.Root, tree.PathOf(index), signature)),
        ];
    }

    /// <summary>
    /// True when this key signed, over this nonce and for this network, what <paramref name="statement"/> says.
    /// </summary>
    public bool TryVerify(
        Ed25519PublicKey attestationKey, string origin, Nonce nonce, [NotNullWhen(true)] out NonceStatement? statement)
    {
        var claimed = new NonceStatement(new Checkpoint(origin, Size, Root), Time, Path.RootOf(nonce.LeafHash));
        statement = claimed.Verify(attestationKey, _signature) ? claimed : null;
        return statement is not null;
    }

    public byte[] ToBytes()
    {
        var writer = new ByteWriter()
            .U64((ulong)Time).U64(Size.Value).Digest(Root).U16((ushort)Path.Size.Value).U16((ushort)Path.Index);
        Path.WriteTo(writer);
        return writer.Bytes(_signature).ToArray();
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out NonceAnswer? answer)
    {
        answer = null;
        var reader = new ByteReader(bytes);
        if (!reader.TryU64(out ulong time) || time > Limits.MaxJsonNumber) return false;
        if (!reader.TryU64(out ulong leaves) || leaves == 0 || !TreeSize.TryCreate(leaves, out var size)) return false;
        if (!reader.TryDigest(out var root)) return false;
        if (!reader.TryU16(out ushort nonces) || nonces > Limits.MaxNoncesPerTree) return false;
        if (!reader.TryU16(out ushort index)) return false;
        if (!InclusionProof.TryRead(ref reader, index, new TreeSize(nonces), out var path)) return false;
        if (!reader.TryBytes(Ed25519PublicKey.SignatureSize, out var signature) || !reader.AtEnd) return false;

        answer = new NonceAnswer((long)time, size, root, path, signature);
        return true;
    }
}
