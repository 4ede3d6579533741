using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.Protocol.Verification;

/// <summary>
/// The answer about one row of the map (docs/protocol.md §8):
/// <code>"supplychain/map-answer/v1\n" ‖ u32 length ‖ certified checkpoint ‖ u32 length ‖ state entry ‖ proof ‖ map row</code>
/// </summary>
/// <param name="Note">The checkpoint as a signed note.</param>
/// <param name="State">The last leaf.</param>
/// <param name="Row">The row, or that there is none.</param>
public sealed record MapAnswer(ReadOnlyMemory<byte> Note, IncludedEntry State, ProvenRow Row)
{
    private static ReadOnlySpan<byte> Magic => "supplychain/map-answer/v1\n"u8;

    public byte[] ToBytes()
    {
        var writer = new ByteWriter().Bytes(Magic).Bytes32(Note.Span);
        State.WriteTo(writer);
        Row.WriteTo(writer);
        return writer.ToArray();
    }

    /// <summary>False is the rejection <c>proof-malformed</c>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out MapAnswer? answer)
    {
        answer = null;
        if (bytes.Length > Limits.MaxBundleSize) return false;

        var reader = new ByteReader(bytes);
        if (!reader.TryConstant(Magic)) return false;
        if (!AttestedState.TryReadNote(ref reader, out var note, out var checkpoint)) return false;
        if (!AttestedState.TryReadState(ref reader, checkpoint, out var state)) return false;
        if (!ProvenRow.TryRead(ref reader, out var row) || !reader.AtEnd) return false;

        answer = new MapAnswer(note, state, row);
        return true;
    }
}
