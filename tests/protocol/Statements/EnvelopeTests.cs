using SupplyChain.Protocol.Statements;
using SupplyChain.Tests.Kit;
using Utf8 = System.Text.Encoding;

namespace SupplyChain.Protocol.Tests.Statements;

public sealed class EnvelopeTests
{
    private static readonly Digest Low = new(new byte[32]), High = new([.. Enumerable.Repeat((byte)0xff, 32)]);

    private static readonly Envelope Two = Envelope.Of(
        "{}"u8, new EnvelopeSignature(High, new byte[] { 1, 2 }), new EnvelopeSignature(Low, new byte[] { 3 }));

    [Fact]
    public void An_entry_is_written_as_the_protocol_says_with_its_signatures_sorted() => Assert.Equal(
        $$"""{"payloadType":"application/vnd.in-toto+json","payload":"e30=","signatures":[{"keyid":"{{Low.ToHex()}}","sig":"Aw=="},{"keyid":"{{High.ToHex()}}","sig":"AQI="}]}""",
        Text(Two));

    [Fact]
    public void The_id_covers_what_is_signed_and_not_the_signatures()
    {
        Assert.Equal("DSSEv1 28 application/vnd.in-toto+json 2 {}"u8.ToArray(), Envelope.Pae("{}"u8));
        Assert.Equal(Digest.Of(Envelope.Pae("{}"u8)), Two.Id);
        Assert.Equal(Two.Id, Envelope.Of("{}"u8).Id);
    }

    [Fact]
    public void An_entry_is_read_back_to_the_same_bytes() => ForAll.Seeds(200, random =>
    {
        byte[] entry = RandomStatements.Envelope(random).ToBytes();
        Assert.True(Envelope.TryRead(entry, out var envelope));
        Assert.Equal(entry, envelope.ToBytes());
        Assert.True(Statement.TryRead(envelope, out var statement));
        Assert.Equal(envelope.Id, statement.Id());
    });

    [Fact]
    public void Every_cut_and_every_addition_is_refused()
    {
        byte[] entry = Two.ToBytes();
        for (int length = 0; length < entry.Length; length++) Assert.False(Envelope.TryRead(entry.AsSpan(0, length), out _));
        Assert.False(Envelope.TryRead([.. entry, (byte)'\n'], out _));
    }

    [Theory]
    [InlineData("\"e30=\"", "\"e30\"")]
    [InlineData("\"e30=\"", "\"e31=\"")]
    [InlineData("\"e30=\"", "\"e3 0=\"")]
    [InlineData("vnd.in-toto", "vnd.other")]
    [InlineData("\"payloadType\"", "\"payloadtype\"")]
    [InlineData("\"AQI=\"", "\"AQI\"")]
    [InlineData("\"AQI=\"", "\"AQJ=\"")]
    [InlineData("ffff\"", "FFFF\"")]
    [InlineData("{\"payloadType", " {\"payloadType")]
    [InlineData("]}", "],\"extra\":1}")]
    [InlineData("\"sig\":\"Aw==\"", "\"sig\":\"\"")]
    public void A_second_spelling_is_refused(string canonical, string other)
    {
        string text = Text(Two);
        Assert.Contains(canonical, text, StringComparison.Ordinal);
        Assert.False(Reads(text.Replace(canonical, other, StringComparison.Ordinal)));
    }

    [Fact]
    public void Signatures_out_of_order_or_twice_by_one_key_are_refused()
    {
        string text = Text(Two);
        int start = text.IndexOf("[{", StringComparison.Ordinal) + 1;
        string[] signatures = text[start..^2].Replace("},{", "}|{", StringComparison.Ordinal).Split('|');

        Assert.False(Reads(text[..start] + signatures[1] + "," + signatures[0] + "]}"));
        Assert.False(Reads(text[..start] + signatures[0] + "," + signatures[0] + "]}"));
        Assert.Throws<ArgumentException>(() => Envelope.Of("{}"u8, Two.Signatures[0], Two.Signatures[0]));
    }

    [Fact]
    public void Sizes_end_at_their_limits()
    {
        int largest = (Limits.MaxEntrySize - Envelope.Of([]).ToBytes().Length) / 4 * 3;
        Assert.True(Envelope.TryRead(Envelope.Of(new byte[largest]).ToBytes(), out _));
        Assert.Throws<ArgumentException>(() => Envelope.Of(new byte[largest + 1]));
        Assert.Throws<ArgumentException>(() => Envelope.Of("{}"u8, new EnvelopeSignature(Low, new byte[65])));
        Assert.Throws<ArgumentException>(() => Envelope.Of("{}"u8, Enumerable.Range(0, 5).Select(i => new EnvelopeSignature(Digest.Of([(byte)i]), new byte[1]))));
    }

    [Fact]
    public void It_is_signed_by_exactly_the_keys_that_signed_it()
    {
        var network = TestNetwork.Create();
        byte[] payload = TestNetwork.ReleaseOf("1.0.0").ToPayload();
        var (kernel, root) = (network.Maintainers.Key.PublicKey, network.RootHolders.Key.PublicKey);
        var both = Envelope.Of(payload, network.Maintainers.Sign(payload), network.RootHolders.Sign(payload));
        var one = Envelope.Of(payload, network.Maintainers.Sign(payload));

        Assert.True(both.IsSignedExactlyBy(kernel, root));
        Assert.True(both.IsSignedExactlyBy(root, kernel));
        Assert.False(both.IsSignedExactlyBy(kernel));
        Assert.False(both.IsSignedExactlyBy(kernel, kernel));
        Assert.False(both.IsSignedExactlyBy());
        Assert.True(one.IsSignedExactlyBy(kernel));
        Assert.False(one.IsSignedExactlyBy(root));
        Assert.False(one.IsSignedExactlyBy(kernel, root));
        Assert.True(Envelope.Of(payload).IsSignedExactlyBy());
    }

    private static string Text(Envelope envelope) => Utf8.UTF8.GetString(envelope.ToBytes());

    private static bool Reads(string text) => Envelope.TryRead(Utf8.UTF8.GetBytes(text), out _);
}
