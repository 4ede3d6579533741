namespace SupplyChain.UpdaterAgent.Tests.Installation;

/// <summary>Zstd frames byte by byte (RFC 8878 §3.1), of raw and run-length blocks only.</summary>
internal static class ZstdBytes
{
    private const int LargestBlock = 131_072;

    /// <summary>One frame that decompresses to <paramref name="content"/>.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> content, int windowLog = 17)
    {
        List<byte> frame = Header(windowLog);
        do
        {
            var block = content[..Math.Min(content.Length, LargestBlock)];
            content = content[block.Length..];
            frame.AddRange(BlockHeader(last: content.IsEmpty, type: 0, block.Length));
            frame.AddRange(block);
        }
        while (!content.IsEmpty);

        return [.. frame];
    }

    /// <summary>A frame of <paramref name="head"/> and then 128 KiB of zeros for every four bytes.</summary>
    public static byte[] Bomb(ReadOnlySpan<byte> head, int blocks)
    {
        List<byte> frame = Header(windowLog: 17);
        frame.AddRange(BlockHeader(last: false, type: 0, head.Length));
        frame.AddRange(head);
        for (int i = 1; i <= blocks; i++)
        {
            frame.AddRange(BlockHeader(last: i == blocks, type: 1, LargestBlock));
            frame.Add(0);
        }

        return [.. frame];
    }

    private static List<byte> Header(int windowLog) => [0x28, 0xb5, 0x2f, 0xfd, 0, (byte)((windowLog - 10) << 3)];

    private static byte[] BlockHeader(bool last, int type, int size)
    {
        int header = (last ? 1 : 0) | type << 1 | size << 3;
        return [(byte)(header & 0xff), (byte)(header >> 8 & 0xff), (byte)(header >> 16)];
    }
}
