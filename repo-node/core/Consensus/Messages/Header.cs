using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.RepoNode.Core.Consensus.Messages;

/// <summary>
/// What votes are about. <c>u8 1 ‖ u64 epoch ‖ u64 view ‖ u64 height ‖ u64 parentView ‖ parentHash ‖ u64 time ‖ u8
/// leader ‖ entriesRoot ‖ u64 logSize ‖ logRoot ‖ mapRoot</c>; the last three are those after the block
/// (docs/protocol.md §11), so that nodes that would compute something else refuse to vote instead of parting ways
/// later.
/// </summary>
public sealed record Header(
    ulong Epoch, View View, ulong Height, View ParentView, Digest ParentHash, long Time, byte Leader,
    Digest EntriesRoot, ulong LogSize, Digest LogRoot, Digest MapRoot)
{
    private const byte Format = 1;

    private Digest? _hash;

    /// <summary>The block's hash: the header names the body by its root.</summary>
    public Digest Hash => _hash ??= ComputeHash();

    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Header? header) =>
        WireReading.TryWhole(bytes, TryRead, out header);

    public byte[] ToBytes()
    {
        var writer = new ByteWriter();
        WriteTo(writer);
        return writer.ToArray();
    }

    // The cached hash is a function of the rest.
    public bool Equals(Header? other) => other is not null && Hash == other.Hash;

    public override int GetHashCode() => Hash.GetHashCode();

    internal static bool TryRead(ref ByteReader reader, [NotNullWhen(true)] out Header? header)
    {
        header = null;
        if (!reader.TryU8(out byte format) || format != Format) return false;
        if (!reader.TryCounter(out ulong epoch) || !reader.TryView(out var view)) return false;
        if (!reader.TryCounter(out ulong height) || !reader.TryView(out var parentView)) return false;
        if (!reader.TryDigest(out var parentHash) || !reader.TryCounter(out ulong time)) return false;
        if (!reader.TryU8(out byte leader) || !reader.TryDigest(out var entriesRoot)) return false;
        if (!reader.TryCounter(out ulong logSize) || !reader.TryDigest(out var logRoot)) return false;
        if (!reader.TryDigest(out var mapRoot)) return false;

        header = new Header(
            epoch, view, height, parentView, parentHash, (long)time, leader, entriesRoot, logSize, logRoot, mapRoot);
        return true;
    }

    internal void WriteTo(ByteWriter writer) =>
        writer
            .U8(Format).U64(Epoch).U64(View.Number).U64(Height).U64(ParentView.Number).Digest(ParentHash)
            .U64((ulong)Time).U8(Leader).Digest(EntriesRoot).U64(LogSize).Digest(LogRoot).Digest(MapRoot);

    private Digest ComputeHash()
    {
        var writer = new ByteWriter().Bytes("supplychain/block/v1"u8).U8(0);
        WriteTo(writer);
        return Digest.Of(writer.WrittenSpan);
    }
}
