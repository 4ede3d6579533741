using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Notes;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Protocol.Tests.Notes;

public sealed class VerifierKeyTests
{
    // The example of C2SP signed-note.
    private const string Example = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

    [Theory]
    [InlineData(Example, "example.com/foo", NoteKeyType.Ed25519, 0x530d903au)]
    [InlineData(Samples.NodeVerifierKey, Samples.NodeName, NoteKeyType.Cosignature, 0x8c007f9fu)]
    [InlineData(Samples.LogVerifierKey, Samples.Origin, NoteKeyType.Ed25519, 0x87d5b3a6u)]
    public void What_is_parsed_is_written_again(string text, string name, NoteKeyType type, uint id)
    {
        Assert.True(VerifierKey.TryParse(text, out var key));
        Assert.Equal((name, type, id), (key.Name, key.Type, key.KeyId));
        Assert.Equal(text, key.ToString());
        Assert.Equal(key, new VerifierKey(name, type, key.PublicKey));
    }

    [Fact]
    public void One_public_key_has_another_id_for_every_name_and_type()
    {
        using var key = Ed25519PrivateKey.FromSeed(Samples.Seed);
        uint[] ids =
        [
            new VerifierKey("a", NoteKeyType.Ed25519, key.PublicKey).KeyId,
            new VerifierKey("a", NoteKeyType.Cosignature, key.PublicKey).KeyId,
            new VerifierKey("b", NoteKeyType.Cosignature, key.PublicKey).KeyId,
        ];
        Assert.Equal(3, ids.Distinct().Count());
    }

    [Theory]
    [InlineData("", "nothing")]
    [InlineData("example.com/foo", "only a name")]
    [InlineData("example.com/foo+530d903a", "no key")]
    [InlineData("+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "no name")]
    [InlineData("example.com/ foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "a space in the name")]
    [InlineData("example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "an upper-case id")]
    [InlineData("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "another id")]
    [InlineData("example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "the id of another name")]
    [InlineData("example.com/foo+0530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "a longer id")]
    [InlineData("example.com/foo+530d903a+BekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "another type")]
    [InlineData("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k=", "padding too much")]
    [InlineData("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n", "a line feed")]
    [InlineData("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv", "a short key")]
    public void Anything_else_is_refused(string text, string why) =>
        Assert.False(VerifierKey.TryParse(text, out _), why);

    [Fact]
    public void Random_changes_never_throw() => ForAll.Seeds(1000, random =>
    {
        char[] text = Example.ToCharArray();
        text[random.Next(text.Length)] = (char)random.Next(0x20, 0x250);
        if (VerifierKey.TryParse(text, out var key)) Assert.Equal(new string(text), key.ToString());
    });

    [Fact]
    public void A_key_of_ours_has_a_proper_name()
    {
        using var key = Ed25519PrivateKey.FromSeed(Samples.Seed);
        Assert.Throws<ArgumentException>(() => new VerifierKey("a b", NoteKeyType.Ed25519, key.PublicKey));
        Assert.Throws<ArgumentOutOfRangeException>(() => new VerifierKey("a", (NoteKeyType)2, key.PublicKey));
    }
}
