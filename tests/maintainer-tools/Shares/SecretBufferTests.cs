using System.Globalization;
using SupplyChain.MaintainerTools.Shares;

namespace SupplyChain.MaintainerTools.Tests.Shares;

public sealed unsafe class SecretBufferTests
{
    [Fact]
    public void A_secret_lies_in_memory_that_is_locked_and_left_out_of_core_files()
    {
        using var secret = new SecretBuffer("a secret"u8);
        string[] flags = FlagsAt(secret);

        Assert.Contains("dd", flags);
        Assert.True(SecretPages.SomeUnlocked || flags.Contains("lo"), string.Join(' ', flags));
    }

    [Fact]
    public void What_was_released_is_not_read_again()
    {
        var secret = SecretBuffer.Random(32);
        Assert.Contains(secret.Span.ToArray(), octet => octet != 0);

        secret.Dispose();
        secret.Dispose();

        Assert.Throws<ObjectDisposedException>(() => secret.Span.Length);
    }

    [Fact]
    public void No_length_is_too_odd()
    {
        foreach (int length in (int[])[0, 1, 4_095, 4_096, 4_097, 100_000])
        {
            using var secret = new SecretBuffer(length);
            secret.Span.Fill(7);
            Assert.Equal(length, secret.Span.Length);
        }
    }

    // The VmFlags line of the mapping in /proc/self/smaps: `lo` is locked, `dd` is not dumped.
    private static string[] FlagsAt(SecretBuffer secret)
    {
        fixed (byte* start = secret.Span)
        {
            ulong address = (ulong)start;
            return File.ReadLines("/proc/self/smaps").SkipWhile(line => !Holds(line, address))
                .First(line => line.StartsWith("VmFlags:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
    }

    private static bool Holds(string line, ulong address)
    {
        string[] ends = line.Split(' ')[0].Split('-');
        return ends.Length == 2
            && ulong.TryParse(ends[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong first)
            && ulong.TryParse(ends[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong end)
            && address >= first && address < end;
    }
}
