using SupplyChain.Protocol.Log;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Protocol.Tests.Log;

public sealed class EntryBundleTests
{
    private static readonly byte[][] Entries = [[], [1], [.. Enumerable.Repeat((byte)7, 300)]];

    [Fact]
    public void Entries_are_prefixed_with_their_length()
    {
        Assert.Equal([0, 0, 0, 1, 9, 0, 2, 8, 8], Encode([[], [9], [8, 8]]));
        Assert.Throws<ArgumentOutOfRangeException>(() => EntryBundle.Encode([new byte[Limits.MaxEntrySize + 1]]));
    }

    [Fact]
    public void What_is_written_is_read_again_and_every_truncation_refused()
    {
        byte[] data = Encode(Entries);
        var bundle = new EntryBundle(0, Entries.Length);
        Assert.True(bundle.TryRead(data, out var read));
        Assert.Equal(Entries, read);
        for (int length = 0; length < data.Length; length++)
            Assert.False(bundle.TryRead(data.AsSpan(0, length), out _));

        Assert.False(bundle.TryRead([.. data, 0, 0], out _));
        Assert.False(new EntryBundle(0, 2).TryRead(data, out _));
        Assert.False(new EntryBundle(0, 4).TryRead(data, out _));
    }

    [Theory]
    [InlineData(0UL, 256, "tile/entries/000")]
    [InlineData(1234067UL, 3, "tile/entries/x001/x234/067.p/3")]
    public void A_path_is_written_and_read_again(ulong index, int width, string path)
    {
        Assert.Equal(path, new EntryBundle(index, width).Path);
        Assert.True(EntryBundle.TryParsePath(path, out var read));
        Assert.Equal(new EntryBundle(index, width), read);
    }

    [Theory]
    [InlineData("tile/0/000")]
    [InlineData("tile/entries/0")]
    [InlineData("tile/entries/x000/000")]
    [InlineData("tile/entries/000.p/256")]
    [InlineData("tile/entries/x999/x999/x999/x999/999")]
    public void Every_other_path_is_refused(string path) => Assert.False(EntryBundle.TryParsePath(path, out _));

    [Fact]
    public void An_entry_is_in_the_bundle_of_its_256()
    {
        Assert.Equal(new EntryBundle(1, 4), EntryBundle.Containing(256, new TreeSize(260)));
        Assert.Equal(new EntryBundle(0, 256), EntryBundle.Containing(255, new TreeSize(260)));
        Assert.Throws<ArgumentOutOfRangeException>(() => EntryBundle.Containing(260, new TreeSize(260)));
    }

    [Fact]
    public void Random_bytes_never_throw() => ForAll.Seeds(2000, random =>
    {
        byte[] data = new byte[random.Next(0, 20)];
        for (int i = 0; i < data.Length; i++) data[i] = (byte)random.Next(3);
        if (new EntryBundle(0, 3).TryRead(data, out var entries)) Assert.Equal(data, Encode(entries));
    });

    private static byte[] Encode(IEnumerable<byte[]> entries) =>
        EntryBundle.Encode(entries.Select(entry => (ReadOnlyMemory<byte>)entry));
}
