using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SupplyChain.MaintainerTools.Shares;

/// <summary>The text before the payload: a version line, exactly one scrypt stanza, and the authentication line.</summary>
/// <param name="Salt">16 bytes.</param>
/// <param name="WorkFactor">Binary logarithm of scrypt's N.</param>
/// <param name="Body">The sealed file key, 32 bytes.</param>
internal sealed record AgeHeader(byte[] Salt, int WorkFactor, byte[] Body)
{
    public const int SaltSize = 16, BodySize = 32;

    private const int MacSize = 32;

    private static ReadOnlySpan<byte> VersionLine => "age-encryption.org/v1\n"u8;

    private static ReadOnlySpan<byte> MacMark => "---"u8;

    public byte[] ToBytes(ReadOnlySpan<byte> fileKey)
    {
        string stanza = string.Create(CultureInfo.InvariantCulture,
            $"-> scrypt {RawBase64.Encode(Salt)} {WorkFactor}\n{RawBase64.Encode(Body)}\n");
        byte[] authenticated = [.. VersionLine, .. Encoding.ASCII.GetBytes(stanza), .. MacMark];
        string mac = RawBase64.Encode(Mac(authenticated, fileKey));
        return [.. authenticated, .. Encoding.ASCII.GetBytes($" {mac}\n")];
    }

    /// <summary>Reads the header at the start of <paramref name="file"/>; the payload begins at <paramref name="end"/>.</summary>
    public static bool TryRead(
        ReadOnlySpan<byte> file, [NotNullWhen(true)] out AgeHeader? header, out int end, out AgeRefusal refusal)
    {
        header = null;
        end = 0;
        refusal = AgeRefusal.Malformed;
        var rest = file[..Math.Min(file.Length, ToolLimits.MaxAgeHeaderSize)];
        if (!rest.StartsWith(VersionLine)) return false;
        rest = rest[VersionLine.Length..];

        if (!TryLine(ref rest, out string? stanza) || !stanza.StartsWith("-> ", StringComparison.Ordinal)) return false;
        string[] words = stanza.Split(' ');
        refusal = AgeRefusal.NotPassphrase;
        if (words[1] != "scrypt") return false;

        refusal = AgeRefusal.Malformed;
        if (words.Length != 4 || !RawBase64.TryDecode(words[2], SaltSize, out byte[]? salt)) return false;
        if (!TryWorkFactor(words[3], out int workFactor)) return false;
        if (!TryLine(ref rest, out string? body) || !RawBase64.TryDecode(body, BodySize, out byte[]? wrapped)) return false;
        if (!TryLine(ref rest, out string? mac) || !mac.StartsWith("--- ", StringComparison.Ordinal)) return false;
        if (!RawBase64.TryDecode(mac[4..], MacSize, out _)) return false;

        refusal = AgeRefusal.WorkFactorTooHigh;
        if (workFactor > ToolLimits.MaxWorkFactor) return false;

        end = Math.Min(file.Length, ToolLimits.MaxAgeHeaderSize) - rest.Length;
        header = new AgeHeader(salt, workFactor, wrapped);
        return true;
    }

    /// <summary>The authentication line of <paramref name="header"/>, as it was read, fits the file key.</summary>
    public bool IsAuthentic(ReadOnlySpan<byte> header, ReadOnlySpan<byte> fileKey) =>
        CryptographicOperations.FixedTimeEquals(header, ToBytes(fileKey));

    private static byte[] Mac(ReadOnlySpan<byte> authenticated, ReadOnlySpan<byte> fileKey)
    {
        using var key = new SecretBuffer(32);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, fileKey, key.Span, salt: [], info: "header"u8);
        return HMACSHA256.HashData(key.Span, authenticated);
    }

    // One to two digits, no leading zero: a third digit would be far beyond any machine.
    private static bool TryWorkFactor(string text, out int workFactor)
    {
        workFactor = 0;
        if (text.Length is 0 or > 2 || !text.All(char.IsAsciiDigit) || text[0] == '0') return false;

        workFactor = int.Parse(text, CultureInfo.InvariantCulture);
        return true;
    }

    private static bool TryLine(ref ReadOnlySpan<byte> rest, [NotNullWhen(true)] out string? line)
    {
        line = null;
        int length = rest.IndexOf((byte)'\n');
        if (length < 0 || !Ascii.IsValid(rest[..length])) return false;

        line = Encoding.ASCII.GetString(rest[..length]);
        rest = rest[(length + 1)..];
        return true;
    }
}

/// <summary>Base64 without padding, as age headers have it; one spelling per value.</summary>
internal static class RawBase64
{
    public static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    /// <summary>Takes the spelling of exactly <paramref name="size"/> bytes.</summary>
    public static bool TryDecode(string text, int size, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text.Length != (size * 4 + 2) / 3) return false;

        string padded = text.PadRight((text.Length + 3) / 4 * 4, '=');
        byte[] decoded = new byte[size + 2];
        if (!Convert.TryFromBase64String(padded, decoded, out int written) || written != size) return false;

        // The library ignores white space and the bits under the padding: compare with the one spelling.
        decoded = decoded[..size];
        if (Encode(decoded) != text) return false;

        bytes = decoded;
        return true;
    }
}
