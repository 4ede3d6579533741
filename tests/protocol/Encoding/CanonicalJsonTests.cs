using SupplyChain.Protocol.Encoding;
using SupplyChain.Tests.Kit;
using Utf8 = System.Text.Encoding;

namespace SupplyChain.Protocol.Tests.Encoding;

public sealed class CanonicalJsonTests
{
    private const string Sample = """{"name":"a \"quoted\\ \u00e9","size":42,"note":"","list":[1,2,{"x":"00ff"}]}""";

    private delegate bool Step(ref CanonicalJsonReader reader);

    [Fact]
    public void What_is_written_is_read_again()
    {
        byte[] json = Write("a \"quoted\\ é");
        Assert.Equal(Sample.Replace("\\u00e9", "é", StringComparison.Ordinal), Utf8.UTF8.GetString(json));
        Assert.True(TryReadSample(json, out string name));
        Assert.Equal("a \"quoted\\ é", name);
    }

    [Fact]
    public void Any_text_without_control_characters_keeps_its_value() => ForAll.Seeds(1000, random =>
    {
        string[] alphabet = ["\"", "\\", "/", "a", " ", "é", "\u0080", "\u2028", "\U0001F510", "}", "\ufeff"];
        string text = string.Concat(random.GetItems(alphabet, random.Next(0, 20)));
        var reader = new CanonicalJsonReader(new CanonicalJsonWriter().Text(text).ToArray());
        Assert.True(reader.TryString(out string? read, 100));
        Assert.True(reader.AtEnd);
        Assert.Equal(text, read);
    });

    [Fact]
    public void Text_without_a_canonical_form_is_not_written()
    {
        foreach (string text in new[] { "\n", "\u0000", "\u001f", "\u007f", "\ud800", "\udc00\ud800" })
        {
            Assert.False(CanonicalJson.IsText(text));
            Assert.Throws<ArgumentException>(() => new CanonicalJsonWriter().Text(text));
        }
    }

    [Theory]
    [InlineData("\"\\u0041\"", "an escape that is not needed")]
    [InlineData("\"\\n\"", "a control character's escape")]
    [InlineData("\"\\/\"", "an escaped slash")]
    [InlineData("\"a\nb\"", "a raw control character")]
    [InlineData("\"\u007f\"", "a raw delete character")]
    [InlineData("\"a", "no closing quote")]
    [InlineData("\"a\\", "nothing after the escape")]
    [InlineData("\"a\\\"", "the closing quote is escaped")]
    [InlineData("'a'", "other quotes")]
    [InlineData(" \"a\"", "a space before")]
    [InlineData("\"a\" ", "a space after")]
    [InlineData("\"12345\"", "longer than allowed")]
    [InlineData("", "nothing")]
    public void A_second_spelling_of_a_string_is_refused(string json, string why) =>
        Assert.False(Reads(json, (ref CanonicalJsonReader reader) => reader.TryString(out _, 4)), why);

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_refused()
    {
        byte[][] malformed = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]];
        foreach (byte[] bad in malformed)
        {
            var reader = new CanonicalJsonReader([(byte)'"', .. bad, (byte)'"']);
            Assert.False(reader.TryString(out _, 10));
        }
    }

    [Theory]
    [InlineData("01")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.0")]
    [InlineData("1e0")]
    [InlineData("\"1\"")]
    [InlineData("9007199254740992")]
    [InlineData("18446744073709551617")]
    [InlineData("null")]
    [InlineData("")]
    public void Anything_but_a_whole_number_below_2_to_the_53_is_refused(string json) =>
        Assert.False(Reads(json, (ref CanonicalJsonReader reader) => reader.TryNumber(out _)));

    [Fact]
    public void The_largest_number_is_read_and_no_larger_one_written()
    {
        Assert.True(Reads("9007199254740991", (ref CanonicalJsonReader reader) => reader.TryNumber(out _)));
        Assert.False(Reads("8", (ref CanonicalJsonReader reader) => reader.TryNumber(out _, max: 7)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CanonicalJsonWriter().Number(Limits.MaxJsonNumber + 1));
    }

    [Theory]
    [InlineData("""{"name":"a","size":1,"list":[]}""", true)]
    [InlineData("""{"name":"a","size":1,"note":"n","list":[{"x":"0000"}]}""", true)]
    [InlineData("""{"size":1,"name":"a","list":[]}""", false)]
    [InlineData("""{"name":"a","name":"a","size":1,"list":[]}""", false)]
    [InlineData("""{"name":"a","size":1,"list":[],"more":1}""", false)]
    [InlineData("""{"name":"a","size":1,"list":[],}""", false)]
    [InlineData("""{,"name":"a","size":1,"list":[]}""", false)]
    [InlineData("""{"name":"a","size":1,"list":[1,]}""", false)]
    [InlineData("""{"name":"a","size":1,"list":[,1]}""", false)]
    [InlineData("""{"name":"a","size":1,"list":[1 ,2]}""", false)]
    [InlineData("""{"name":"a","size":1"list":[]}""", false)]
    [InlineData("""{"name":"a", "size":1,"list":[]}""", false)]
    [InlineData("""{"name" :"a","size":1,"list":[]}""", false)]
    [InlineData("""{"n\u0061me":"a","size":1,"list":[]}""", false)]
    [InlineData("""{"name":"a","size":1,"list":[]}{}""", false)]
    [InlineData("""{"name":"a","size":1,"list":[{"x":"00FF"}]}""", false)]
    [InlineData("""{"name":"a","size":1,"list":[{"x":"00ff00"}]}""", false)]
    public void Fields_stand_in_their_order_and_no_others(string json, bool accepted) =>
        Assert.Equal(accepted, TryReadSample(Utf8.UTF8.GetBytes(json), out _));

    [Fact]
    public void Every_truncation_is_refused()
    {
        byte[] json = Write("name");
        for (int length = 0; length < json.Length; length++) Assert.False(TryReadSample(json.AsSpan(0, length), out _));
        Assert.True(TryReadSample(json, out _));
    }

    [Fact]
    public void Nesting_is_limited()
    {
        var reader = new CanonicalJsonReader(Utf8.ASCII.GetBytes(new string('[', Limits.MaxJsonDepth + 1)));
        for (int depth = 0; depth < Limits.MaxJsonDepth; depth++) Assert.True(reader.TryBeginArray());
        Assert.False(reader.TryBeginArray());
    }

    [Fact]
    public void Base64_and_hexadecimal_strings_are_read_strictly()
    {
        Assert.True(Reads("\"Zg==\"", (ref CanonicalJsonReader reader) => reader.TryBase64(1, out _)));
        Assert.False(Reads("\"Zh==\"", (ref CanonicalJsonReader reader) => reader.TryBase64(1, out _)));
        Assert.False(Reads("\"Zm8=\"", (ref CanonicalJsonReader reader) => reader.TryBase64(1, out _)));
        Assert.True(Reads("\"0f\"", (ref CanonicalJsonReader reader) => reader.TryHexBytes(1, out _)));
        Assert.False(Reads("\"0\"", (ref CanonicalJsonReader reader) => reader.TryHexBytes(1, out _)));
        Assert.False(Reads($"\"{new string('A', 64)}\"", (ref CanonicalJsonReader reader) => reader.TryDigest(out _)));
        Assert.True(Reads($"\"{new string('a', 64)}\"", (ref CanonicalJsonReader reader) => reader.TryDigest(out _)));
    }

    [Fact]
    public void Random_bytes_never_throw() => ForAll.Seeds(5000, random =>
    {
        byte[] json = Write("name");
        for (int i = random.Next(1, 4); i > 0; i--) json[random.Next(json.Length)] = (byte)random.Next(256);
        TryReadSample(json, out _);
        random.NextBytes(json);
        TryReadSample(json, out _);
    });

    private static byte[] Write(string name) => new CanonicalJsonWriter()
        .BeginObject().Field("name", name).Field("size", 42).Field("note", "")
        .Name("list").BeginArray().Number(1).Number(2)
        .BeginObject().Name("x").Hex([0x00, 0xff]).EndObject()
        .EndArray().EndObject().ToArray();

    private static bool TryReadSample(ReadOnlySpan<byte> json, out string name)
    {
        name = "";
        var reader = new CanonicalJsonReader(json);
        if (!reader.TryBeginObject()) return false;
        if (!reader.TryName("name") || !reader.TryString(out string? read, 100)) return false;
        if (!reader.TryName("size") || !reader.TryNumber(out _)) return false;
        if (reader.TryName("note") && !reader.TryString(out _, 100)) return false;
        if (!reader.TryName("list") || !reader.TryBeginArray()) return false;
        while (!reader.TryEndArray())
        {
            if (reader.TryNumber(out _)) continue;
            if (!reader.TryBeginObject() || !reader.TryName("x")) return false;
            if (!reader.TryHexBytes(2, out _) || !reader.TryEndObject()) return false;
        }

        name = read;
        return reader.TryEndObject() && reader.AtEnd;
    }

    private static bool Reads(string json, Step step)
    {
        var reader = new CanonicalJsonReader(Utf8.UTF8.GetBytes(json));
        return step(ref reader) && reader.AtEnd;
    }
}
