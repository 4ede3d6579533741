using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Notes;

namespace SupplyChain.Protocol.Verification;

/// <summary>
/// How both answers of docs/protocol.md §8 bring a map: <c>u32 length ‖ certified checkpoint</c>, and later
/// <c>u32 length ‖ state entry ‖ proof</c>. The checkpoint's size decides how many hashes proofs have, so it is read first.
/// </summary>
internal static class AttestedState
{
    public static bool TryReadNote(
        ref ByteReader reader, out ReadOnlyMemory<byte> note, [NotNullWhen(true)] out Checkpoint? checkpoint)
    {
        note = default;
        checkpoint = null;
        if (!reader.TryBytes32(Limits.MaxNoteSize, out var bytes)) return false;
        if (!SignedNote.TryParse(bytes, out var signed) || !Checkpoint.TryParse(signed.Text, out checkpoint)) return false;

        note = bytes.ToArray();
        return true;
    }

    public static bool TryReadState(ref ByteReader reader, Checkpoint checkpoint, [NotNullWhen(true)] out IncludedEntry? state)
    {
        state = null;
        return checkpoint.Size.Value > 0 && IncludedEntry.TryRead(ref reader, checkpoint.Size.Value - 1, checkpoint.Size, out state);
    }
}
