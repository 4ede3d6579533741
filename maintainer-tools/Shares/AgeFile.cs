using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace SupplyChain.MaintainerTools.Shares;

/// <summary>Why an age file was not opened.</summary>
internal enum AgeRefusal
{
    /// <summary>Larger than we seal.</summary>
    TooLarge,

    /// <summary>Not an age v1 file, or not in its one spelling.</summary>
    Malformed,

    /// <summary>Sealed for other recipients than one passphrase.</summary>
    NotPassphrase,

    /// <summary>The work factor is above what this program spends.</summary>
    WorkFactorTooHigh,

    /// <summary>The passphrase does not open it (or the stanza was damaged, which looks the same).</summary>
    WrongPassphrase,

    /// <summary>The header was changed after sealing.</summary>
    HeaderForged,

    /// <summary>The payload was changed, cut or extended.</summary>
    PayloadForged,
}

/// <summary>
/// A file sealed with one passphrase in the format age v1 (https://age-encryption.org/v1), which the <c>age</c> program opens too:
/// <code>
/// age-encryption.org/v1
/// -> scrypt [salt] [work factor]
/// [file key, sealed with scrypt(passphrase)]
/// --- [HMAC of the header]
/// nonce (16) ‖ chunks of 64 KiB, each ChaCha20-Poly1305 under a key from the file key and the nonce
/// </code>
/// Written in binary; the armored form is read as well.
/// </summary>
internal static class AgeFile
{
    private const int FileKeySize = 16;

    private static ReadOnlySpan<byte> ScryptLabel => "age-encryption.org/v1/scrypt"u8;

    /// <param name="plaintext">What to seal.</param>
    /// <param name="passphrase">UTF-8.</param>
    /// <param name="workFactor">Binary logarithm of scrypt's N, 10 to 20.</param>
    public static byte[] Seal(ReadOnlySpan<byte> plaintext, SecretBuffer passphrase, int workFactor = ToolLimits.DefaultWorkFactor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workFactor, ToolLimits.MinWorkFactor);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(workFactor, ToolLimits.MaxWorkFactor);

        using var fileKey = SecretBuffer.Random(FileKeySize);
        byte[] salt = RandomNumberGenerator.GetBytes(AgeHeader.SaltSize);
        using var wrapKey = Scrypt.DeriveKey(passphrase, [.. ScryptLabel, .. salt], workFactor);

        byte[] wrapped = new byte[AgeHeader.BodySize];
        using (var cipher = new ChaCha20Poly1305(wrapKey.Span))
            cipher.Encrypt(new byte[12], fileKey.Span, wrapped.AsSpan(..FileKeySize), wrapped.AsSpan(FileKeySize..));

        var header = new AgeHeader(salt, workFactor, wrapped);
        return [.. header.ToBytes(fileKey.Span), .. AgePayload.Seal(plaintext, fileKey.Span)];
    }

    /// <summary>Opens a file, binary or armored. The plaintext is the caller's to erase.</summary>
    public static bool TryOpen(
        ReadOnlySpan<byte> file, SecretBuffer passphrase, [NotNullWhen(true)] out SecretBuffer? plaintext, out AgeRefusal refusal)
    {
        plaintext = null;
        refusal = AgeRefusal.TooLarge;
        if (file.Length > ToolLimits.MaxAgeFileSize) return false;

        refusal = AgeRefusal.Malformed;
        byte[]? unarmored = null;
        if (AgeArmor.IsArmored(file) && !AgeArmor.TryRead(file, out unarmored)) return false;
        if (unarmored is not null) file = unarmored;

        if (!AgeHeader.TryRead(file, out var header, out int payloadStart, out refusal)) return false;

        using var fileKey = new SecretBuffer(FileKeySize);
        refusal = AgeRefusal.WrongPassphrase;
        if (!TryUnwrap(header, passphrase, fileKey.Span)) return false;

        refusal = AgeRefusal.HeaderForged;
        if (!header.IsAuthentic(file[..payloadStart], fileKey.Span)) return false;

        refusal = AgeRefusal.PayloadForged;
        return AgePayload.TryOpen(file[payloadStart..], fileKey.Span, out plaintext);
    }

    private static bool TryUnwrap(AgeHeader header, SecretBuffer passphrase, Span<byte> fileKey)
    {
        using var wrapKey = Scrypt.DeriveKey(passphrase, [.. ScryptLabel, .. header.Salt], header.WorkFactor);
        using var cipher = new ChaCha20Poly1305(wrapKey.Span);
        try
        {
            cipher.Decrypt(new byte[12], header.Body.AsSpan(..FileKeySize), header.Body.AsSpan(FileKeySize..), fileKey);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }
}
