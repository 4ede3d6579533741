using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;

namespace SupplyChain.Protocol.Encoding;

/// <summary>
/// Reads the one JSON spelling that <see cref="CanonicalJsonWriter"/> writes. The field order is fixed, so the caller
/// says what comes next, and whatever else is there is refused: unknown and repeated fields, white space and other
/// escapes have no way in. A failed call leaves the reader where it was, so an optional field is a
/// <see cref="TryName"/> that may fail, and an array is read until <see cref="TryEndArray"/> succeeds.
/// </summary>
public ref struct CanonicalJsonReader(ReadOnlySpan<byte> utf8)
{
    private readonly ReadOnlySpan<byte> _utf8 = utf8;
    private int _depth;
    private bool _needsComma;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>One whole value was read, and nothing follows it.</summary>
    public readonly bool AtEnd => _depth == 0 && _needsComma && Position == _utf8.Length;

    public bool TryBeginObject() => TryBegin((byte)'{');

    public bool TryEndObject() => TryEnd((byte)'}');

    public bool TryBeginArray() => TryBegin((byte)'[');

    public bool TryEndArray() => TryEnd((byte)']');

    /// <summary>Takes the field name <paramref name="name"/> if it is the next one; its value follows.</summary>
    public bool TryName(string name)
    {
        if (!TryValueStart(out int start)) return false;

        // Our field names are plain ASCII, so their spelling is the name between quotes.
        int end = start + name.Length + 3;
        if (end > _utf8.Length) return false;
        if (_utf8[start] != '"' || _utf8[end - 2] != '"' || _utf8[end - 1] != ':') return false;
        if (!System.Text.Ascii.Equals(_utf8[(start + 1)..(end - 2)], name)) return false;

        Position = end;
        _needsComma = false;
        return true;
    }

    /// <summary>A string of at most <paramref name="maxLength"/> UTF-8 bytes, escapes not counted.</summary>
    public bool TryString([NotNullWhen(true)] out string? value, int maxLength)
    {
        value = null;
        if (!TryStringContent(maxLength, out var content, out int length, out int end)) return false;
        if (!Utf8.IsValid(content)) return false;

        value = Utf8Text.FromUtf8(length == content.Length ? content : Unescape(content, length));
        return Advance(end);
    }

    /// <summary>A number of at most <paramref name="max"/>.</summary>
    public bool TryNumber(out ulong value, ulong max = Limits.MaxJsonNumber)
    {
        value = 0;
        if (!TryValueStart(out int start)) return false;

        int end = start, last = Math.Min(_utf8.Length, start + StrictDecimal.MaxLength);
        while (end < last && char.IsAsciiDigit((char)_utf8[end])) end++;
        if (!StrictDecimal.TryDecode(_utf8[start..end], out ulong number)) return false;
        if (number > Math.Min(max, Limits.MaxJsonNumber)) return false;

        value = number;
        return Advance(end);
    }

    /// <summary>A string of lower-case hexadecimal for exactly <paramref name="length"/> bytes.</summary>
    public bool TryHexBytes(int length, [NotNullWhen(true)] out byte[]? value)
    {
        value = null;
        if (!TryStringContent(length * 2, out var content, out _, out int end)) return false;
        if (content.Length != length * 2) return false;

        byte[] bytes = new byte[length];
        if (!StrictHex.TryDecode(content, bytes)) return false;

        value = bytes;
        return Advance(end);
    }

    /// <summary>A string of 64 lower-case hexadecimal digits.</summary>
    public bool TryDigest(out Digest value)
    {
        value = default;
        if (!TryStringContent(Digest.Size * 2, out var content, out _, out int end)) return false;
        return Digest.TryParseHex(content, out value) && Advance(end);
    }

    /// <summary>A string of standard base64 for at most <paramref name="maxLength"/> bytes.</summary>
    public bool TryBase64(int maxLength, [NotNullWhen(true)] out byte[]? value)
    {
        value = null;
        if (!TryStringContent((maxLength + 2) / 3 * 4, out var content, out _, out int end)) return false;
        if (!StrictBase64.TryDecode(content, out byte[]? bytes) || bytes.Length > maxLength) return false;

        value = bytes;
        return Advance(end);
    }

    private bool TryBegin(byte bracket)
    {
        if (_depth == Limits.MaxJsonDepth || !TryValueStart(out int start)) return false;
        if (start == _utf8.Length || _utf8[start] != bracket) return false;

        Position = start + 1;
        _depth++;
        _needsComma = false;
        return true;
    }

    private bool TryEnd(byte bracket)
    {
        if (_depth == 0 || Position == _utf8.Length || _utf8[Position] != bracket) return false;

        _depth--;
        return Advance(Position + 1);
    }

    // Where the next name or value starts: behind a comma when something precedes it in the same object or array.
    private readonly bool TryValueStart(out int start)
    {
        start = Position;
        if (!_needsComma) return true;
        if (_depth == 0 || start == _utf8.Length || _utf8[start] != ',') return false;

        start++;
        return true;
    }

    // What stands between the quotes, with its length once unescaped and the position behind the closing quote.
    private readonly bool TryStringContent(int maxLength, out ReadOnlySpan<byte> content, out int length, out int end)
    {
        content = default;
        length = 0;
        end = 0;
        if (!TryValueStart(out int start) || start == _utf8.Length || _utf8[start] != '"') return false;

        int at = start + 1;
        for (; at < _utf8.Length && _utf8[at] != '"'; at++)
        {
            if (CanonicalJson.IsControl(_utf8[at]) || length == maxLength) return false;
            if (_utf8[at] == '\\' && (++at == _utf8.Length || _utf8[at] is not ((byte)'"' or (byte)'\\'))) return false;
            length++;
        }

        if (at == _utf8.Length) return false;
        content = _utf8[(start + 1)..at];
        end = at + 1;
        return true;
    }

    private static byte[] Unescape(ReadOnlySpan<byte> content, int length)
    {
        byte[] plain = new byte[length];
        for (int from = 0, to = 0; to < length; from++, to++)
        {
            if (content[from] == '\\') from++;
            plain[to] = content[from];
        }

        return plain;
    }

    private bool Advance(int position)
    {
        Position = position;
        _needsComma = true;
        return true;
    }
}
