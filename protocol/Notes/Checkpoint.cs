using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Log;

namespace SupplyChain.Protocol.Notes;

/// <summary>
/// The state of a log, as the text of a note (C2SP tlog-checkpoint): origin, size in decimal, root in base64, each on
/// its line. Extension lines, which no log monitor can audit, are refused.
/// </summary>
public sealed record Checkpoint
{
    /// <exception cref="ArgumentException"><paramref name="origin"/> is none (docs/protocol.md §1).</exception>
    public Checkpoint(string origin, TreeSize size, Digest root)
    {
        if (!KeyName.IsOrigin(origin)) throw new ArgumentException("Not an origin.", nameof(origin));

        Origin = origin;
        Size = size;
        Root = root;
    }

    public string Origin { get; }

    public TreeSize Size { get; }

    public Digest Root { get; }

    public static bool TryParse(ReadOnlySpan<byte> text, [NotNullWhen(true)] out Checkpoint? checkpoint)
    {
        checkpoint = null;
        if (!TryLine(ref text, Limits.MaxOriginLength, out var origin)) return false;
        if (!TryLine(ref text, StrictDecimal.MaxLength, out var size)) return false;
        if (!TryLine(ref text, (Digest.Size + 2) / 3 * 4, out var root) || !text.IsEmpty) return false;

        if (!System.Text.Ascii.IsValid(origin)) return false;
        string name = Utf8Text.FromUtf8(origin);
        if (!KeyName.IsOrigin(name)) return false;
        if (!StrictDecimal.TryDecode(size, out ulong leaves)) return false;
        if (!TreeSize.TryCreate(leaves, out var treeSize)) return false;
        if (!StrictBase64.TryDecode(root, out byte[]? hash) || !Digest.TryRead(hash, out var digest)) return false;

        checkpoint = new Checkpoint(name, treeSize, digest);
        return true;
    }

    /// <summary>The note text that logs and nodes sign.</summary>
    public byte[] ToText() => Utf8Text.ToUtf8($"{Origin}\n{Size}\n{StrictBase64.Encode(Root.AsSpan())}\n");

    private static bool TryLine(ref ReadOnlySpan<byte> text, int maxLength, out ReadOnlySpan<byte> line)
    {
        int end = text.IndexOf((byte)'\n');
        line = end < 0 ? default : text[..end];
        if (end < 0 || end > maxLength) return false;

        text = text[(end + 1)..];
        return true;
    }
}
