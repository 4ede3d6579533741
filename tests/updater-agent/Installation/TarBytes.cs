using System.Globalization;
using System.Text;

namespace SupplyChain.UpdaterAgent.Tests.Installation;

/// <summary>
/// Tar archives byte by byte (POSIX ustar, 512-byte blocks), so that a test can write what no tar program would.
/// </summary>
internal sealed class TarBytes
{
    private const int Block = 512;
    private readonly List<byte> _bytes = [];

    public TarBytes File(string name, string content = "content", int mode = 0b110_100_100) =>
        Entry(name, '0', Encoding.UTF8.GetBytes(content), mode);

    public TarBytes Directory(string name, int mode = 0b111_101_101) => Entry(name, '5', mode: mode);

    public TarBytes SymbolicLink(string name, string target) => Entry(name, '2', link: target);

    public TarBytes HardLink(string name, string target) => Entry(name, '1', link: target);

    /// <summary>Any entry. <paramref name="spoil"/> may change the header before its checksum is made.</summary>
    public TarBytes Entry(
        string name,
        char type,
        byte[]? content = null,
        int mode = 0b110_100_100,
        string link = "",
        Action<byte[]>? spoil = null)
    {
        content ??= [];
        byte[] header = new byte[Block];
        Put(header, 0, name);
        Put(header, 100, Octal(mode, 7));
        Put(header, 108, Octal(0, 7));
        Put(header, 116, Octal(0, 7));
        Put(header, 124, Octal(content.Length, 11));
        Put(header, 136, Octal(0, 11));
        header[156] = (byte)type;
        Put(header, 157, link);
        Put(header, 257, "ustar\000");
        spoil?.Invoke(header);
        return Raw(WithChecksum(header)).Raw(content).Pad();
    }

    /// <summary>A pax header: <c>x</c> for the next entry, <c>g</c> for all that follow.</summary>
    public TarBytes Pax(char type, params (string Key, string Value)[] attributes) =>
        Entry("pax", type, [.. attributes.SelectMany(attribute => Record(attribute.Key, attribute.Value))]);

    public TarBytes Raw(byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>The archive without the two blocks of zeros at its end.</summary>
    public byte[] Unfinished() => [.. _bytes];

    public byte[] End() => Raw(new byte[2 * Block]).Unfinished();

    private TarBytes Pad() => Raw(new byte[(Block - _bytes.Count % Block) % Block]);

    private static byte[] WithChecksum(byte[] header)
    {
        Put(header, 148, "        ");
        Put(header, 148, Octal(header.Sum(b => b), 6) + "\0 ");
        return header;
    }

    // "<length> <key>=<value>\n", where the length counts its own digits.
    private static byte[] Record(string key, string value)
    {
        byte[] body = Encoding.UTF8.GetBytes($" {key}={value}\n");
        int length = body.Length + 1;
        while (length.ToString(CultureInfo.InvariantCulture).Length + body.Length != length) length++;
        return [.. Encoding.UTF8.GetBytes(length.ToString(CultureInfo.InvariantCulture)), .. body];
    }

    private static string Octal(int value, int digits) => Convert.ToString(value, 8).PadLeft(digits, '0');

    private static void Put(byte[] header, int at, string text) => Encoding.UTF8.GetBytes(text).CopyTo(header, at);
}
