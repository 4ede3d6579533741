using SupplyChain.Tests.Kit;
using SupplyChain.UpdaterAgent.Installation;
using SupplyChain.UpdaterAgent.Installation.Archives;

namespace SupplyChain.UpdaterAgent.Tests.Installation;

public class The_zstd_stream
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 400_000).Select(i => (byte)(i % 251))];

    [Fact]
    public void Gives_back_what_was_compressed()
    {
        Assert.Equal(Content, Decompress(ZstdBytes.Frame(Content)));
        byte[] frame = ZstdBytes.Frame(Content);
        Assert.Equal([.. Content, .. Content], Decompress([.. frame, .. ZstdBytes.Frame([]), .. frame]));
        Assert.Empty(Decompress([]));
    }

    [Fact]
    public void Refuses_every_truncation()
    {
        byte[] frame = ZstdBytes.Frame(Content.AsSpan(0, 500));
        for (int length = 1; length < frame.Length; length++)
            Assert.Throws<InvalidDataException>(() => Decompress(frame[..length]));
    }

    [Fact]
    public void Refuses_a_window_that_would_take_more_than_128_MiB()
    {
        Assert.Equal(Content, Decompress(ZstdBytes.Frame(Content, windowLog: 27)));
        Assert.Throws<InvalidDataException>(() => Decompress(ZstdBytes.Frame(Content, windowLog: 28)));
    }

    [Fact]
    public void Refuses_what_is_no_zstd_and_what_follows_a_frame()
    {
        Assert.Throws<InvalidDataException>(() => Decompress("no zstd at all"u8.ToArray()));
        Assert.Throws<InvalidDataException>(() => Decompress([.. ZstdBytes.Frame(Content), 1, 2, 3, 4, 5]));
    }

    [Fact]
    public void Never_does_more_than_refuse() => ForAll.Seeds(500, random =>
    {
        byte[] frame = ZstdBytes.Frame(Content.AsSpan(0, 300));
        frame[random.Next(frame.Length)] = (byte)random.Next(256);
        try
        {
            Decompress(frame);
        }
        catch (InvalidDataException)
        {
            // Refused.
        }
    });

    [Fact]
    public void Says_which_library_is_missing()
    {
        var missing = Assert.Throws<MissingLibraryException>(() => ZstdStream.RequireLibrary("libnowhere.so.1"));
        Assert.Equal("libnowhere.so.1", missing.Library);
    }

    private static byte[] Decompress(byte[] compressed)
    {
        using var stream = new ZstdStream(new MemoryStream(compressed));
        var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
