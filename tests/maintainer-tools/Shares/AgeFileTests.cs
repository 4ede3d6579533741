using System.Text;
using SupplyChain.MaintainerTools.Shares;
using SupplyChain.Tests.Kit;

namespace SupplyChain.MaintainerTools.Tests.Shares;

public sealed class AgeFileTests
{
    private const int Cheap = ToolLimits.MinWorkFactor;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(131_072)]
    public void What_was_sealed_opens(int length)
    {
        byte[] plaintext = new byte[length];
        new Random(length).NextBytes(plaintext);
        using var passphrase = Passphrase("correct horse");

        byte[] file = AgeFile.Seal(plaintext, passphrase, Cheap);

        Assert.True(AgeFile.TryOpen(file, passphrase, out var opened, out _));
        Assert.Equal(plaintext, opened.Span.ToArray());
    }

    [Fact]
    public void The_same_plaintext_is_never_sealed_the_same_way_twice()
    {
        using var passphrase = Passphrase("correct horse");

        Assert.NotEqual(AgeFile.Seal("x"u8, passphrase, Cheap), AgeFile.Seal("x"u8, passphrase, Cheap));
    }

    [Fact]
    public void Another_passphrase_does_not_open_it()
    {
        using var passphrase = Passphrase("correct horse");
        using var other = Passphrase("correct house");

        Assert.Equal(AgeRefusal.WrongPassphrase, RefusalOf(AgeFile.Seal("x"u8, passphrase, Cheap), other));
    }

    [Fact]
    public void No_truncation_opens()
    {
        using var passphrase = Passphrase("p");
        byte[] file = AgeFile.Seal("secret"u8, passphrase, Cheap);

        for (int length = 0; length < file.Length; length++)
            Assert.False(AgeFile.TryOpen(file.AsSpan(..length), passphrase, out _, out _), $"{length} bytes opened");
    }

    [Fact]
    public void No_changed_byte_goes_unnoticed()
    {
        using var passphrase = Passphrase("p");
        byte[] file = AgeFile.Seal("secret"u8, passphrase, Cheap);

        for (int i = 0; i < file.Length; i++)
        {
            byte[] changed = [.. file];
            changed[i] ^= 1;

            // A changed work factor may be too dear to try; everything else is tried.
            Assert.False(AgeFile.TryOpen(changed, passphrase, out _, out _), $"a change of byte {i} went unnoticed");
        }
    }

    [Fact]
    public void Chunks_cannot_be_cut_off_at_their_border()
    {
        using var passphrase = Passphrase("p");
        byte[] file = AgeFile.Seal(new byte[2 * 65_536], passphrase, Cheap);

        Assert.Equal(AgeRefusal.PayloadForged, RefusalOf(file[..^(65_536 + 16)], passphrase));
    }

    [Fact]
    public void A_header_changed_after_sealing_is_refused_though_the_passphrase_opens_its_stanza()
    {
        using var passphrase = Passphrase("p");
        string text = Encoding.Latin1.GetString(AgeFile.Seal("secret"u8, passphrase, Cheap));
        int mac = text.IndexOf("--- ", StringComparison.Ordinal) + 4;
        string forged = text[..mac] + (text[mac] == 'A' ? 'B' : 'A') + text[(mac + 1)..];

        Assert.Equal(AgeRefusal.HeaderForged, RefusalOf(Encoding.Latin1.GetBytes(forged), passphrase));
    }

    [Theory]
    [InlineData("age-encryption.org/v2\n-> scrypt S 10\nB\n--- M\n", AgeRefusal.Malformed)]
    [InlineData("age-encryption.org/v1\r\n-> scrypt S 10\nB\n--- M\n", AgeRefusal.Malformed)]
    [InlineData("age-encryption.org/v1\n-> X25519 S\nB\n--- M\n", AgeRefusal.NotPassphrase)]
    [InlineData("age-encryption.org/v1\n-> scrypt S 010\nB\n--- M\n", AgeRefusal.Malformed)]
    [InlineData("age-encryption.org/v1\n-> scrypt S +10\nB\n--- M\n", AgeRefusal.Malformed)]
    [InlineData("age-encryption.org/v1\n-> scrypt S 10 \nB\n--- M\n", AgeRefusal.Malformed)]
    [InlineData("age-encryption.org/v1\n-> scrypt S= 10\nB\n--- M\n", AgeRefusal.Malformed)]
    [InlineData("age-encryption.org/v1\n-> scrypt S 21\nB\n--- M\n", AgeRefusal.WorkFactorTooHigh)]
    [InlineData("age-encryption.org/v1\n-> scrypt S 10\nB\n-> scrypt S 10\nB\n--- M\n", AgeRefusal.Malformed)]
    [InlineData("age-encryption.org/v1\n-> scrypt S 10\nB\n---  M\n", AgeRefusal.Malformed)]
    internal void A_header_in_another_spelling_is_refused(string header, AgeRefusal expected)
    {
        using var passphrase = Passphrase("p");
        string text = header
            .Replace("S", Convert.ToBase64String(new byte[16]).TrimEnd('='), StringComparison.Ordinal)
            .Replace("B\n", Convert.ToBase64String(new byte[32]).TrimEnd('=') + "\n", StringComparison.Ordinal)
            .Replace("M", Convert.ToBase64String(new byte[32]).TrimEnd('='), StringComparison.Ordinal);

        Assert.Equal(expected, RefusalOf([.. Encoding.ASCII.GetBytes(text), .. new byte[32]], passphrase));
    }

    [Fact]
    public void A_file_larger_than_we_seal_is_refused_unread()
    {
        using var passphrase = Passphrase("p");

        Assert.Equal(AgeRefusal.TooLarge, RefusalOf(new byte[ToolLimits.MaxAgeFileSize + 1], passphrase));
    }

    [Fact]
    public void The_armored_form_opens_in_its_one_spelling_only()
    {
        using var passphrase = Passphrase("p");
        string armored = Armor(AgeFile.Seal("secret"u8, passphrase, Cheap));

        Assert.True(AgeFile.TryOpen(Encoding.ASCII.GetBytes(armored), passphrase, out _, out _));
        foreach (string other in (string[])[armored.TrimEnd('\n'), armored + "\n", armored.Replace("\n", "\r\n", StringComparison.Ordinal), " " + armored])
            Assert.Equal(AgeRefusal.Malformed, RefusalOf(Encoding.ASCII.GetBytes(other), passphrase));
    }

    [Fact]
    public void Random_bytes_are_refused() => ForAll.Seeds(1000, random =>
    {
        using var passphrase = Passphrase("p");
        byte[] bytes = new byte[random.Next(300)];
        random.NextBytes(bytes);
        byte[] file = random.Next(2) == 0 ? bytes : [.. "age-encryption.org/v1\n"u8, .. bytes];

        Assert.False(AgeFile.TryOpen(file, passphrase, out _, out _));
    });

    private static SecretBuffer Passphrase(string text) => new(Encoding.UTF8.GetBytes(text));

    private static AgeRefusal RefusalOf(byte[] file, SecretBuffer passphrase)
    {
        Assert.False(AgeFile.TryOpen(file, passphrase, out _, out var refusal));
        return refusal;
    }

    private static string Armor(byte[] file)
    {
        var lines = Convert.ToBase64String(file).Chunk(64).Select(line => new string(line) + "\n");
        return $"-----BEGIN AGE ENCRYPTED FILE-----\n{string.Concat(lines)}-----END AGE ENCRYPTED FILE-----\n";
    }
}
