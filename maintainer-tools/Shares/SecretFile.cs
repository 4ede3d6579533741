using System.Diagnostics.CodeAnalysis;
using System.Text;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.MaintainerTools.Shares;

/// <summary>What a sealed secret is for; a secret of one kind is never taken for another.</summary>
internal enum SecretKind
{
    Identity,
    Publisher,
    CeremonyRound,
    Share,
}

/// <summary>
/// A 32-byte secret at rest (docs/protocol.md §12): an age file of mode 0600 that holds three lines.
/// <code>
/// supplychain/[kind]/v1
/// [label: whose, or for what]
/// [the secret, 64 hexadecimal digits]
/// </code>
/// </summary>
internal static class SecretFile
{
    public const int SecretSize = 32;

    private const int MaxPlaintext = 512;

    /// <exception cref="CommandFailure">The file is there already, or the disk refused.</exception>
    public static void Create(
        string path, SecretKind kind, string label, SecretBuffer secret, SecretBuffer passphrase, int workFactor)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(secret.Length, SecretSize);

        byte[] head = Encoding.UTF8.GetBytes($"{Magic(kind)}{label}\n");
        using var plaintext = new SecretBuffer(head.Length + 2 * SecretSize + 1);
        head.CopyTo(plaintext.Span);
        WriteHex(secret.Span, plaintext.Span[head.Length..^1]);
        plaintext.Span[^1] = (byte)'\n';
        DurableFile.CreateSecret(path, AgeFile.Seal(plaintext.Span, passphrase, workFactor));
    }

    /// <summary>Opens a file; the secret is the caller's to erase.</summary>
    /// <exception cref="CommandFailure">Not there, not ours, of another kind, or the passphrase is wrong.</exception>
    public static SecretBuffer Open(string path, SecretKind kind, SecretBuffer passphrase, out string label)
    {
        byte[] file = DurableFile.Read(path, ToolLimits.MaxAgeFileSize);
        if (!AgeFile.TryOpen(file, passphrase, out var plaintext, out var refusal)) throw Unopened(path, refusal);

        using (plaintext)
        {
            if (TryRead(plaintext.Span, kind, out string? read, out var secret))
            {
                label = read;
                return secret;
            }
        }

        throw CommandFailure.Refused("secret-malformed", $"{path} was opened, but is not a {Words(kind)}.", "check that this is the file you meant");
    }

    private static bool TryRead(
        ReadOnlySpan<byte> plaintext, SecretKind kind, [NotNullWhen(true)] out string? label, [NotNullWhen(true)] out SecretBuffer? secret)
    {
        label = null;
        secret = null;
        byte[] magic = Encoding.ASCII.GetBytes(Magic(kind));
        if (plaintext.Length > MaxPlaintext || !plaintext.StartsWith(magic)) return false;

        var rest = plaintext[magic.Length..];
        int end = rest.IndexOf((byte)'\n');
        if (end < 0 || !Ascii.IsValid(rest[..end]) || rest.Length != end + 1 + 2 * SecretSize + 1 || rest[^1] != '\n') return false;

        var decoded = new SecretBuffer(SecretSize);
        if (!StrictHex.TryDecode(rest[(end + 1)..^1], decoded.Span))
        {
            decoded.Dispose();
            return false;
        }

        label = Encoding.ASCII.GetString(rest[..end]);
        secret = decoded;
        return true;
    }

    // Digit by digit into the pinned buffer: a string of a secret could not be erased.
    private static void WriteHex(ReadOnlySpan<byte> bytes, Span<byte> digits)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            digits[2 * i] = Digit(bytes[i] >> 4);
            digits[2 * i + 1] = Digit(bytes[i] & 15);
        }

        static byte Digit(int value) => (byte)(value < 10 ? '0' + value : 'a' + value - 10);
    }

    private static string Magic(SecretKind kind) => kind switch
    {
        SecretKind.Identity => "supplychain/identity/v1\n",
        SecretKind.Publisher => "supplychain/publisher/v1\n",
        SecretKind.CeremonyRound => "supplychain/ceremony-round/v1\n",
        SecretKind.Share => "supplychain/share/v1\n",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static string Words(SecretKind kind) => kind switch
    {
        SecretKind.Identity => "maintainer's identity",
        SecretKind.Publisher => "publisher key",
        SecretKind.CeremonyRound => "secret of a ceremony",
        SecretKind.Share => "share",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static CommandFailure Unopened(string path, AgeRefusal refusal) => refusal switch
    {
        AgeRefusal.WrongPassphrase => CommandFailure.Refused("passphrase-wrong",
            $"The passphrase does not open {path}.", "type it again; there is no way around a lost passphrase"),
        AgeRefusal.NotPassphrase => CommandFailure.Refused("age-not-passphrase",
            $"{path} is sealed for a key, not with a passphrase.", "open it with `age -d` and seal it again with `age -p`"),
        AgeRefusal.WorkFactorTooHigh => CommandFailure.Refused("age-work-factor",
            $"{path} asks for a work factor above {ToolLimits.MaxWorkFactor}.", "seal it again with a lower one"),
        AgeRefusal.TooLarge or AgeRefusal.Malformed => CommandFailure.Refused("age-malformed",
            $"{path} is not an age file that this program writes.", "check that this is the file you meant"),
        AgeRefusal.HeaderForged or AgeRefusal.PayloadForged => CommandFailure.Refused("age-forged",
            $"{path} was changed or damaged after it was sealed.", "restore it from a copy"),
        _ => throw new ArgumentOutOfRangeException(nameof(refusal)),
    };
}
