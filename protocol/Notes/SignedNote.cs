using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.Protocol.Notes;

/// <summary>
/// A text and signatures on it (C2SP signed-note): the text with its final line feed, an empty line, one line per
/// signature. Valid UTF-8 without control characters other than the line feed.
/// </summary>
public sealed class SignedNote
{
    private readonly byte[] _text;

    /// <summary>Our own note.</summary>
    /// <exception cref="ArgumentException">
    /// The text is no note text, there is no signature, or something exceeds its limit.
    /// </exception>
    public SignedNote(ReadOnlySpan<byte> text, IReadOnlyList<NoteSignature> signatures)
    {
        if (!IsText(text)) throw new ArgumentException("Not the text of a note.", nameof(text));
        ArgumentOutOfRangeException.ThrowIfZero(signatures.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(signatures.Count, Limits.MaxSignaturesPerNote);

        _text = text.ToArray();
        Signatures = [.. signatures];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Encode().Length, Limits.MaxNoteSize);
    }

    private SignedNote(byte[] text, List<NoteSignature> signatures)
    {
        _text = text;
        Signatures = signatures.AsReadOnly();
    }

    /// <summary>What the signatures are over: ends in a line feed, and does not include the empty line.</summary>
    public ReadOnlySpan<byte> Text => _text;

    /// <summary>
    /// 1 to <see cref="Limits.MaxSignaturesPerNote"/>, in the order of their lines; none of them verified.
    /// </summary>
    public IReadOnlyList<NoteSignature> Signatures { get; }

    public static bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out SignedNote? note)
    {
        note = null;
        if (utf8.Length > Limits.MaxNoteSize || !IsText(utf8)) return false;

        // The text may hold empty lines itself: the last one separates.
        int separator = utf8.LastIndexOf("\n\n"u8);
        if (separator < 0) return false;

        var signatures = new List<NoteSignature>();
        var lines = utf8[(separator + 2)..];
        while (!lines.IsEmpty)
        {
            int end = lines.IndexOf((byte)'\n');
            if (end < 0 || signatures.Count == Limits.MaxSignaturesPerNote) return false;
            if (!NoteSignature.TryParseLine(lines[..end], out var signature)) return false;

            signatures.Add(signature);
            lines = lines[(end + 1)..];
        }

        if (signatures.Count == 0) return false;
        note = new SignedNote(utf8[..(separator + 1)].ToArray(), signatures);
        return true;
    }

    public byte[] Encode()
    {
        var note = new StringBuilder(Utf8Text.FromUtf8(_text)).Append('\n');
        foreach (var signature in Signatures) signature.AppendLine(note);

        return Utf8Text.ToUtf8(note.ToString());
    }

    private static bool IsText(ReadOnlySpan<byte> utf8)
    {
        if (!utf8.EndsWith("\n"u8) || !Utf8.IsValid(utf8)) return false;

        foreach (byte b in utf8)
        {
            if (b < 0x20 && b != '\n') return false;
        }

        return true;
    }
}
