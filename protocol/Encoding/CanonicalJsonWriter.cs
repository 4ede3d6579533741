using System.Buffers;

namespace SupplyChain.Protocol.Encoding;

/// <summary>
/// Writes the one JSON spelling of docs/protocol.md §3: compact, fields in the order of the calls, strings in UTF-8
/// with only <c>"</c> and <c>\</c> escaped, integers from 0 to 2^53 − 1. Calls chain.
/// </summary>
public sealed class CanonicalJsonWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private int _depth;
    private bool _needsComma;

    public byte[] ToArray()
    {
        Invariant.Holds(_depth == 0 && _needsComma, "a JSON text is one whole value");
        return _buffer.WrittenSpan.ToArray();
    }

    public CanonicalJsonWriter BeginObject() => Begin((byte)'{');

    public CanonicalJsonWriter EndObject() => End((byte)'}');

    public CanonicalJsonWriter BeginArray() => Begin((byte)'[');

    public CanonicalJsonWriter EndArray() => End((byte)']');

    /// <summary>A field's name; its value follows.</summary>
    public CanonicalJsonWriter Name(string name)
    {
        Text(name);
        Put((byte)':');
        _needsComma = false;
        return this;
    }

    /// <exception cref="ArgumentException">
    /// The text has a character that <see cref="CanonicalJson.IsText"/> refuses.
    /// </exception>
    public CanonicalJsonWriter Text(string value)
    {
        if (!CanonicalJson.IsText(value)) throw new ArgumentException("The text has no canonical form.", nameof(value));

        Separate();
        Put((byte)'"');
        foreach (byte b in Utf8Text.ToUtf8(value))
        {
            if (b is (byte)'"' or (byte)'\\') Put((byte)'\\');
            Put(b);
        }

        Put((byte)'"');
        return Written();
    }

    /// <exception cref="ArgumentOutOfRangeException">Above <see cref="Limits.MaxJsonNumber"/>.</exception>
    public CanonicalJsonWriter Number(ulong value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Limits.MaxJsonNumber);
        Separate();
        _buffer.Write(Utf8Text.ToUtf8(StrictDecimal.Encode(value)));
        return Written();
    }

    /// <summary>A string of lower-case hexadecimal.</summary>
    public CanonicalJsonWriter Hex(ReadOnlySpan<byte> bytes) => Text(StrictHex.Encode(bytes));

    /// <summary>A string of standard base64.</summary>
    public CanonicalJsonWriter Base64(ReadOnlySpan<byte> bytes) => Text(StrictBase64.Encode(bytes));

    /// <summary>A value that is canonical JSON already.</summary>
    public CanonicalJsonWriter Raw(ReadOnlySpan<byte> canonicalValue)
    {
        Separate();
        _buffer.Write(canonicalValue);
        return Written();
    }

    public CanonicalJsonWriter Field(string name, string value) => Name(name).Text(value);

    public CanonicalJsonWriter Field(string name, ulong value) => Name(name).Number(value);

    public CanonicalJsonWriter Field(string name, Digest value) => Name(name).Hex(value.AsSpan());

    private CanonicalJsonWriter Begin(byte bracket)
    {
        Separate();
        Put(bracket);
        _depth++;
        _needsComma = false;
        Invariant.Holds(_depth <= Limits.MaxJsonDepth, "our own JSON is shallow");
        return this;
    }

    private CanonicalJsonWriter End(byte bracket)
    {
        Invariant.Holds(_depth > 0, "every end has its beginning");
        Put(bracket);
        _depth--;
        return Written();
    }

    private CanonicalJsonWriter Written()
    {
        _needsComma = true;
        return this;
    }

    private void Separate()
    {
        if (!_needsComma) return;

        Invariant.Holds(_depth > 0, "a JSON text is one value");
        Put((byte)',');
    }

    private void Put(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }
}
