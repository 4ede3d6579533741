using SupplyChain.Protocol.Encoding;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Protocol.Tests.Encoding;

public sealed class StrictHexTests
{
    [Fact]
    public void What_is_written_is_read_again() => ForAll.Seeds(200, random =>
    {
        byte[] bytes = new byte[random.Next(0, 40)], read = new byte[bytes.Length];
        random.NextBytes(bytes);
        Assert.True(StrictHex.TryDecode(StrictHex.Encode(bytes), read));
        Assert.Equal(bytes, read);
    });

    [Theory]
    [InlineData("0A")]
    [InlineData("0g")]
    [InlineData("0")]
    [InlineData("000")]
    [InlineData(" 0")]
    [InlineData("0x")]
    [InlineData("\u0660\u0660")]
    [InlineData("")]
    public void Anything_but_two_lower_case_digits_a_byte_is_refused(string text)
    {
        Assert.False(StrictHex.TryDecode(text, new byte[1]));
        Assert.False(StrictHex.TryDecode(System.Text.Encoding.UTF8.GetBytes(text), new byte[1]));
    }
}
