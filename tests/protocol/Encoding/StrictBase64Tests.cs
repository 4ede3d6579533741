using SupplyChain.Protocol.Encoding;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Protocol.Tests.Encoding;

public sealed class StrictBase64Tests
{
    [Fact]
    public void What_is_written_is_read_again() => ForAll.Seeds(500, random =>
    {
        byte[] bytes = new byte[random.Next(0, 70)];
        random.NextBytes(bytes);
        string text = StrictBase64.Encode(bytes);
        Assert.True(StrictBase64.TryDecode(text, out byte[]? read));
        Assert.Equal(bytes, read);
        Assert.True(StrictBase64.TryDecode(System.Text.Encoding.ASCII.GetBytes(text), out read));
        Assert.Equal(bytes, read);
    });

    [Fact]
    public void Whatever_is_accepted_is_written_the_same_again() => ForAll.Seeds(5000, random =>
    {
        const string Alphabet = "ABgw/+09zZ==- _\n";
        char[] text = random.GetItems<char>(Alphabet, random.Next(0, 13));
        if (StrictBase64.TryDecode(text, out byte[]? read)) Assert.Equal(new string(text), StrictBase64.Encode(read));
    });

    [Theory]
    [InlineData("Zg", "padding is missing")]
    [InlineData("Zg=", "padding is too short")]
    [InlineData("Zh==", "a bit under the padding is set")]
    [InlineData("Zm9=", "a bit under the padding is set")]
    [InlineData("Zg==\n", "a line feed at the end")]
    [InlineData("Z g=", "a space inside")]
    [InlineData("Zm9v Zm9", "a space inside")]
    [InlineData("Zm9vZm9v    ", "spaces at the end")]
    [InlineData("Zg==Zg==", "padding inside")]
    [InlineData("Zg===", "too much padding")]
    [InlineData("====", "only padding")]
    [InlineData("_-8=", "the other alphabet")]
    [InlineData("Zm9\u00e9", "not ASCII")]
    public void A_second_spelling_is_refused(string text, string why)
    {
        Assert.False(StrictBase64.TryDecode(text, out _), why);
        Assert.False(StrictBase64.TryDecode(System.Text.Encoding.UTF8.GetBytes(text), out _), why);
    }
}
