using SupplyChain.Protocol.Notes;

namespace SupplyChain.Protocol.Tests.Notes;

public sealed class KeyNameTests
{
    [Theory]
    [InlineData("node-1", true)]
    [InlineData("example.com/log42", true)]
    [InlineData("Ognuno", true)]
    [InlineData("é", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a\u00a0b", false)]
    [InlineData("a\u2003b", false)]
    [InlineData("a\u3000b", false)]
    [InlineData("a+b", false)]
    [InlineData("a\tb", false)]
    [InlineData("a\u0001b", false)]
    public void A_key_name_has_no_space_no_plus_and_no_control_character(string name, bool valid) =>
        Assert.Equal(valid, KeyName.IsValid(name));

    [Fact]
    public void A_key_name_has_a_UTF_8_form() => Assert.False(KeyName.IsValid("\ud800"));

    [Fact]
    public void A_key_name_is_bounded_in_bytes()
    {
        Assert.True(KeyName.IsValid(new string('a', Limits.MaxKeyNameLength)));
        Assert.False(KeyName.IsValid(new string('a', Limits.MaxKeyNameLength + 1)));
        Assert.False(KeyName.IsValid(new string('é', Limits.MaxKeyNameLength / 2 + 1)));
    }

    [Theory]
    [InlineData("updates.example.org/linux", true)]
    [InlineData("a", true)]
    [InlineData("", false)]
    [InlineData("Updates.example.org", false)]
    [InlineData("https://example.org", false)]
    [InlineData("a_b", false)]
    [InlineData("a b", false)]
    [InlineData("é", false)]
    public void An_origin_is_a_schema_less_URL_in_lower_case(string origin, bool valid) =>
        Assert.Equal(valid, KeyName.IsOrigin(origin));

    [Fact]
    public void An_origin_is_bounded()
    {
        Assert.True(KeyName.IsOrigin(new string('a', Limits.MaxOriginLength)));
        Assert.False(KeyName.IsOrigin(new string('a', Limits.MaxOriginLength + 1)));
    }
}
