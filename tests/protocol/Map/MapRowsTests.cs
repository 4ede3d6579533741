using SupplyChain.Protocol.Map;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Protocol.Tests.Map;

public sealed class MapRowsTests
{
    private static readonly Digest Id = new(Enumerable.Repeat((byte)0xab, Digest.Size).ToArray());

    private static readonly string Hex = Id.ToHex();

    [Fact]
    public void Rows_are_written_as_the_protocol_says()
    {
        Assert.Equal($$"""{"index":3,"id":"{{Hex}}"}""", Text(new RootRow(3, Id).ToBytes()));
        Assert.Equal(
            $$"""{"role":"kernel","sequence":2,"release":7,"id":"{{Hex}}","time":99}""",
            Text(new ProductRow("kernel", 2, 7, Id, 99).ToBytes()));
        Assert.Equal(
            $$"""{"index":7,"id":"{{Hex}}","root":1,"status":"standing"}""",
            Text(new ReleaseRow(7, Id, 1).ToBytes()));
        Assert.Equal(
            $$"""{"index":7,"id":"{{Hex}}","root":1,"status":"revoked","revocation":9}""",
            Text(new ReleaseRow(7, Id, 1, 9).ToBytes()));
        Assert.Equal("""{"first":7}""", Text(new ArtifactRow(7).ToBytes()));
        Assert.Equal(
            $$"""{"promotion":8,"id":"{{Hex}}","version":"1.2.0","release":7,"time":99,"root":1}""",
            Text(new ChannelRow(8, Id, TestNetwork.Version("1.2.0"), 7, 99, 1).ToBytes()));
        Assert.Equal("""{"index":7}""", Text(new StatementRow(7).ToBytes()));
        Assert.StartsWith("""{"key":""", Text(KernelRole().ToBytes()), StringComparison.Ordinal);
        Assert.EndsWith(""","threshold":2,"members":3,"faulty":1}""", Text(KernelRole().ToBytes()), StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_are_read_back_as_they_were()
    {
        Assert.True(RootRow.TryRead(new RootRow(3, Id).ToBytes(), out var root));
        Assert.Equal(new RootRow(3, Id), root);
        Assert.True(RoleRow.TryRead(KernelRole().ToBytes(), out var role));
        Assert.Equal(KernelRole(), role);
        Assert.True(ProductRow.TryRead(new ProductRow("kernel", 2, 7, Id, 99).ToBytes(), out var product));
        Assert.Equal(new ProductRow("kernel", 2, 7, Id, 99), product);
        Assert.True(ReleaseRow.TryRead(new ReleaseRow(7, Id, 1, 9).ToBytes(), out var release));
        Assert.True(release.IsRevoked);
        Assert.True(ArtifactRow.TryRead(new ArtifactRow(7).ToBytes(), out var artifact));
        Assert.Equal(7ul, artifact.First);
        Assert.True(ChannelRow.TryRead(new ChannelRow(8, Id, TestNetwork.Version("1.2.0"), 7, 99, 1).ToBytes(), out var channel));
        Assert.Equal(new ChannelRow(8, Id, TestNetwork.Version("1.2.0"), 7, 99, 1), channel);
        Assert.True(StatementRow.TryRead(new StatementRow(7).ToBytes(), out var statement));
        Assert.Equal(7ul, statement.Index);
    }

    [Fact]
    public void A_row_cut_anywhere_or_followed_by_more_is_no_row()
    {
        (byte[] Bytes, Func<byte[], bool> Reads)[] rows =
        [
            (new RootRow(3, Id).ToBytes(), bytes => RootRow.TryRead(bytes, out _)),
            (KernelRole().ToBytes(), bytes => RoleRow.TryRead(bytes, out _)),
            (new ProductRow("kernel", 2, 7, Id, 99).ToBytes(), bytes => ProductRow.TryRead(bytes, out _)),
            (new ReleaseRow(7, Id, 1, 9).ToBytes(), bytes => ReleaseRow.TryRead(bytes, out _)),
            (new ArtifactRow(7).ToBytes(), bytes => ArtifactRow.TryRead(bytes, out _)),
            (new ChannelRow(8, Id, TestNetwork.Version("1.2.0"), 7, 99, 1).ToBytes(), bytes => ChannelRow.TryRead(bytes, out _)),
            (new StatementRow(7).ToBytes(), bytes => StatementRow.TryRead(bytes, out _)),
        ];
        foreach (var (bytes, reads) in rows)
        {
            Assert.True(reads(bytes));
            Assert.False(reads([.. bytes, (byte)' ']));
            Assert.False(reads([(byte)' ', .. bytes]));
            for (int length = 0; length < bytes.Length; length++) Assert.False(reads(bytes[..length]));
        }
    }

    [Theory]
    [InlineData("""{"index":7,"id":"ID","root":1,"status":"revoked"}""")]
    [InlineData("""{"index":7,"id":"ID","root":1,"status":"standing","revocation":9}""")]
    [InlineData("""{"index":7,"id":"ID","root":1,"status":"gone"}""")]
    [InlineData("""{"index":07,"id":"ID","root":1,"status":"standing"}""")]
    [InlineData("""{"id":"ID","index":7,"root":1,"status":"standing"}""")]
    public void A_release_row_with_another_status_or_spelling_is_refused(string text) =>
        Assert.False(ReleaseRow.TryRead(Encoding(text.Replace("ID", Hex, StringComparison.Ordinal)), out _));

    [Fact]
    public void A_role_row_with_an_impossible_threshold_or_key_is_refused()
    {
        string text = Text(KernelRole().ToBytes());
        Assert.False(RoleRow.TryRead(Encoding(text.Replace("\"threshold\":2", "\"threshold\":3", StringComparison.Ordinal)), out _));
        Assert.False(RoleRow.TryRead(Encoding(text.Replace("\"faulty\":1", "\"faulty\":2", StringComparison.Ordinal)), out _));
        Assert.False(RoleRow.TryRead(Encoding($$"""{"key":"{{new string('0', 192)}}","threshold":2,"members":3,"faulty":1}"""), out _));
    }

    private static RoleRow KernelRole()
    {
        var role = TestNetwork.Create().Root.Roles[0];
        return new RoleRow(role.Key, role.Threshold);
    }

    private static string Text(byte[] bytes) => System.Text.Encoding.UTF8.GetString(bytes);

    private static byte[] Encoding(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
