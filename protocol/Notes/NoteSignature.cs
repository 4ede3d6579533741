using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.Protocol.Notes;

/// <summary>
/// One signature line of a note, <c>— &lt;name&gt; &lt;base64(u32 key id ‖ signature)&gt;</c> (C2SP signed-note): a
/// claim until a <see cref="VerifierKey"/> verified it.
/// </summary>
public sealed class NoteSignature
{
    private const int KeyIdSize = 4;
    private readonly byte[] _signature;

    /// <exception cref="ArgumentException">
    /// The name is not a key name, or the signature is empty or too long.
    /// </exception>
    public NoteSignature(string name, uint keyId, ReadOnlySpan<byte> signature)
    {
        if (!KeyName.IsValid(name)) throw new ArgumentException("Not the name of a note's key.", nameof(name));
        ArgumentOutOfRangeException.ThrowIfZero(signature.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(signature.Length, Limits.MaxNoteSignatureSize);

        Name = name;
        KeyId = keyId;
        _signature = signature.ToArray();
    }

    public string Name { get; }

    public uint KeyId { get; }

    /// <summary>What the algorithm made, without the key id; 1 byte or more.</summary>
    public ReadOnlySpan<byte> Signature => _signature;

    private static ReadOnlySpan<byte> Dash => "\u2014 "u8;

    /// <summary>Takes one line without its line feed, valid UTF-8 without control characters.</summary>
    internal static bool TryParseLine(ReadOnlySpan<byte> line, [NotNullWhen(true)] out NoteSignature? signature)
    {
        signature = null;
        if (!line.StartsWith(Dash)) return false;

        line = line[Dash.Length..];
        int space = line.IndexOf((byte)' ');
        if (space < 0 || space > Limits.MaxKeyNameLength) return false;

        string name = Utf8Text.FromUtf8(line[..space]);
        var base64 = line[(space + 1)..];
        if (!KeyName.IsValid(name)) return false;
        if (base64.Length > (KeyIdSize + Limits.MaxNoteSignatureSize + 2) / 3 * 4) return false;
        if (!StrictBase64.TryDecode(base64, out byte[]? bytes)) return false;
        if (bytes.Length is <= KeyIdSize or > KeyIdSize + Limits.MaxNoteSignatureSize) return false;

        signature = new NoteSignature(name, BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes.AsSpan(KeyIdSize));
        return true;
    }

    internal void AppendLine(StringBuilder note)
    {
        byte[] bytes = new byte[KeyIdSize + _signature.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, KeyId);
        _signature.CopyTo(bytes, KeyIdSize);
        note.Append("\u2014 ").Append(Name).Append(' ').Append(StrictBase64.Encode(bytes)).Append('\n');
    }
}
