using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Protocol.Tests.Notes;

public sealed class CheckpointTests
{
    private const string Root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

    [Fact]
    public void The_example_of_the_specification_is_read_and_written_again()
    {
        byte[] text = Samples.Utf8($"example.com/behind-the-sofa\n20852163\n{Root}\n");
        Assert.True(Checkpoint.TryParse(text, out var checkpoint));
        Assert.Equal("example.com/behind-the-sofa", checkpoint.Origin);
        Assert.Equal(new TreeSize(20852163), checkpoint.Size);
        Assert.Equal(Root, Convert.ToBase64String(checkpoint.Root.AsSpan()));
        Assert.Equal(text, checkpoint.ToText());
    }

    [Fact]
    public void What_is_written_is_read_again() => ForAll.Seeds(500, random =>
    {
        byte[] root = new byte[32];
        random.NextBytes(root);
        var size = new TreeSize((ulong)random.NextInt64((long)Limits.MaxTreeSize + 1));
        var checkpoint = new Checkpoint("a.example/b", size, new Digest(root));
        Assert.True(Checkpoint.TryParse(checkpoint.ToText(), out var read));
        Assert.Equal(checkpoint, read);
    });

    [Theory]
    [InlineData("", "nothing")]
    [InlineData("\n1\n" + Root + "\n", "no origin")]
    [InlineData("Example.org\n1\n" + Root + "\n", "an origin with an upper-case letter")]
    [InlineData("exämple.org\n1\n" + Root + "\n", "an origin beyond ASCII")]
    [InlineData("a\n\n" + Root + "\n", "no size")]
    [InlineData("a\n01\n" + Root + "\n", "a leading zero")]
    [InlineData("a\n+1\n" + Root + "\n", "a sign")]
    [InlineData("a\n1 \n" + Root + "\n", "a space")]
    [InlineData("a\n9007199254740992\n" + Root + "\n", "a size of 2^53")]
    [InlineData("a\n1\n" + Root, "no line feed at the end")]
    [InlineData("a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n", "a bit under the padding")]
    [InlineData("a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n", "no padding")]
    [InlineData("a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jx\n", "a root of 30 bytes")]
    [InlineData("a\n1\n" + Root + "\nextension\n", "an extension line")]
    [InlineData("a\n1\n" + Root + "\n\n", "an empty line")]
    [InlineData("a\r\n1\r\n" + Root + "\r\n", "carriage returns")]
    public void Anything_else_is_refused(string text, string why) =>
        Assert.False(Checkpoint.TryParse(Samples.Utf8(text), out _), why);

    [Fact]
    public void Every_truncation_is_refused()
    {
        byte[] text = Samples.Utf8(Samples.CheckpointText);
        for (int length = 0; length < text.Length; length++)
            Assert.False(Checkpoint.TryParse(text.AsSpan(0, length), out _));
    }

    [Fact]
    public void Random_bytes_never_throw() => ForAll.Seeds(2000, random =>
    {
        byte[] text = Samples.Utf8(Samples.CheckpointText);
        for (int i = random.Next(1, 4); i > 0; i--) text[random.Next(text.Length)] = (byte)random.Next(256);
        if (Checkpoint.TryParse(text, out var checkpoint)) Assert.Equal(text, checkpoint.ToText());
        random.NextBytes(text);
        Assert.False(Checkpoint.TryParse(text, out _));
    });

    [Fact]
    public void A_checkpoint_of_ours_has_a_proper_origin_and_size()
    {
        Assert.Throws<ArgumentException>(() => new Checkpoint("Not An Origin", TreeSize.Zero, default));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TreeSize(Limits.MaxTreeSize + 1));
    }
}
