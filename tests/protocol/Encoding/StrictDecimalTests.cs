using SupplyChain.Protocol.Encoding;

namespace SupplyChain.Protocol.Tests.Encoding;

public sealed class StrictDecimalTests
{
    [Theory]
    [InlineData(0UL, "0")]
    [InlineData(7UL, "7")]
    [InlineData(20852163UL, "20852163")]
    [InlineData(ulong.MaxValue, "18446744073709551615")]
    public void A_number_has_one_spelling(ulong value, string text)
    {
        Assert.Equal(text, StrictDecimal.Encode(value));
        Assert.True(StrictDecimal.TryDecode(text, out ulong read));
        Assert.Equal(value, read);
        Assert.True(StrictDecimal.TryDecode(System.Text.Encoding.UTF8.GetBytes(text), out read));
        Assert.Equal(value, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("+10")]
    [InlineData("-0")]
    [InlineData("010")]
    [InlineData("00")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1e3")]
    [InlineData("1.0")]
    [InlineData("\u0661")]
    [InlineData("18446744073709551616")]
    [InlineData("99999999999999999999")]
    [InlineData("100000000000000000000")]
    public void Everything_else_is_refused(string text)
    {
        Assert.False(StrictDecimal.TryDecode(text, out _));
        Assert.False(StrictDecimal.TryDecode(System.Text.Encoding.UTF8.GetBytes(text), out _));
    }
}
