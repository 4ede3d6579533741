using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.RepoNode.Core.Consensus.Messages;

/// <summary>The three votes of Simplex.</summary>
public enum VoteKind : byte
{
    /// <summary>This block may be the view's block.</summary>
    Notarize = 1,

    /// <summary>This view may pass without a block.</summary>
    Nullify = 2,

    /// <summary>This notarised block is the view's block: I did not and shall not nullify the view.</summary>
    Finalize = 3,
}

/// <summary>
/// One node's vote, <c>u8 kind ‖ u64 view ‖ block hash ‖ u8 signer ‖ signature</c> (docs/protocol.md §11). A NULLIFY
/// names no block: 32 zeros.
/// </summary>
public sealed record Vote(VoteKind Kind, View View, Digest Block, byte Signer, VoteSignature Signature)
{
    /// <summary>What the signature covers: origin and epoch too, so that no vote is worth anything elsewhere.</summary>
    public static byte[] SignedBytes(string origin, ulong epoch, VoteKind kind, View view, Digest block) =>
        new ByteWriter()
            .Bytes("supplychain/vote/v1"u8).U8(0).Text16(origin).U64(epoch)
            .U8((byte)kind).U64(view.Number).Digest(block)
            .ToArray();

    /// <summary>By view, then by kind; anything is newer than nothing.</summary>
    public bool IsNewerThan(Vote? other) =>
        other is null || (View, Kind).CompareTo((other.View, other.Kind)) > 0;

    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Vote? vote) =>
        WireReading.TryWhole(bytes, TryRead, out vote);

    public byte[] ToBytes()
    {
        var writer = new ByteWriter();
        WriteTo(writer);
        return writer.ToArray();
    }

    internal static bool TryRead(ref ByteReader reader, [NotNullWhen(true)] out Vote? vote)
    {
        vote = null;
        if (!TryReadSubject(ref reader, out var kind, out var view, out var block)) return false;
        if (!reader.TryU8(out byte signer) || !VoteSignature.TryRead(ref reader, out var signature)) return false;

        vote = new Vote(kind, view, block, signer, signature);
        return true;
    }

    /// <summary>What votes and certificates begin with: <c>u8 kind ‖ u64 view ‖ block hash</c>.</summary>
    internal static bool TryReadSubject(ref ByteReader reader, out VoteKind kind, out View view, out Digest block)
    {
        (kind, view, block) = (default, default, default);
        if (!reader.TryU8(out byte code) || !reader.TryView(out view) || !reader.TryDigest(out block)) return false;

        kind = (VoteKind)code;
        bool namesBlock = block != default;
        return view > View.Genesis && kind switch
        {
            VoteKind.Notarize or VoteKind.Finalize => namesBlock,
            VoteKind.Nullify => !namesBlock,
            _ => false,
        };
    }

    internal void WriteTo(ByteWriter writer) =>
        writer.U8((byte)Kind).U64(View.Number).Digest(Block).U8(Signer).Bytes(Signature.AsSpan());
}
