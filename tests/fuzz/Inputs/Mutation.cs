using System.Buffers.Binary;

namespace SupplyChain.Fuzz.Tests.Inputs;

/// <summary>Makes an input out of a seed: now and then noise or a sample as it is, mostly a sample with a few changes.</summary>
internal static class Mutation
{
    /// <summary>Bytes of an input: above every limit of a message, below what would make a round slow.</summary>
    public const int MaxInput = 1 << 18;

    /// <summary>The same bytes for the same samples and seed, always.</summary>
    public static byte[] Of(IReadOnlyList<byte[]> samples, int seed)
    {
        var random = new Random(seed);
        int kind = random.Next(32);
        if (kind == 0) return Noise(random);

        byte[] input = samples[random.Next(samples.Count)];
        if (kind == 1) return [.. input];

        int changes = 1;
        while (changes < 16 && random.Next(2) == 0) changes++;
        for (; changes > 0; changes--)
        {
            byte[] changed = Change(input, samples, random);
            if (changed.Length <= MaxInput) input = changed;
        }

        return input;
    }

    private static byte[] Noise(Random random)
    {
        byte[] bytes = new byte[random.Next(600)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Change(byte[] input, IReadOnlyList<byte[]> samples, Random random)
    {
        int at = random.Next(input.Length + 1);
        return random.Next(12) switch
        {
            0 => FlipBit(input, random),
            1 => SetByte(input, random, (byte)random.Next(256)),
            2 => input[..at],
            3 => input[at..],
            4 => Remove(input, at, RangeLength(input, at, random)),
            5 => Insert(input, at, input.AsSpan(at, RangeLength(input, at, random))),
            6 => Splice(input, at, samples[random.Next(samples.Count)], random),
            7 => Insert(input, at, Tokens.All[random.Next(Tokens.All.Count)]),
            8 => Overwrite(input, at, Tokens.All[random.Next(Tokens.All.Count)]),
            9 => TamperNumber(input, random),
            10 => TamperDigit(input, random),
            _ => Move(input, at, RangeLength(input, at, random), random),
        };
    }

    // Mostly short: a field, not half the message.
    private static int RangeLength(byte[] input, int at, Random random)
    {
        int most = input.Length - at;
        return random.Next(Math.Min(most, random.Next(3) == 0 ? most : 40) + 1);
    }

    private static byte[] FlipBit(byte[] input, Random random)
    {
        if (input.Length == 0) return input;
        byte[] changed = [.. input];
        changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
        return changed;
    }

    private static byte[] SetByte(byte[] input, Random random, byte value)
    {
        if (input.Length == 0) return [value];
        byte[] changed = [.. input];
        changed[random.Next(changed.Length)] = value;
        return changed;
    }

    private static byte[] Insert(byte[] input, int at, ReadOnlySpan<byte> what) => [.. input.AsSpan(..at), .. what, .. input.AsSpan(at..)];

    private static byte[] Remove(byte[] input, int at, int count) => [.. input.AsSpan(..at), .. input.AsSpan((at + count)..)];

    private static byte[] Overwrite(byte[] input, int at, byte[] what) =>
        [.. input.AsSpan(..at), .. what, .. input.AsSpan(Math.Min(input.Length, at + what.Length)..)];

    private static byte[] Splice(byte[] input, int at, byte[] other, Random random) =>
        [.. input.AsSpan(..at), .. other.AsSpan(random.Next(other.Length + 1)..)];

    private static byte[] Move(byte[] input, int at, int count, Random random)
    {
        byte[] rest = Remove(input, at, count);
        return Insert(rest, random.Next(rest.Length + 1), input.AsSpan(at, count));
    }

    // A length, a count, an index: somewhere a big-endian number says something else than it should.
    private static byte[] TamperNumber(byte[] input, Random random)
    {
        int width = 1 << random.Next(4);
        if (input.Length < width) return input;

        byte[] changed = [.. input];
        var field = changed.AsSpan(random.Next(changed.Length - width + 1), width);
        Span<byte> number = stackalloc byte[8];
        number.Clear();
        field.CopyTo(number[(8 - width)..]);
        ulong old = BinaryPrimitives.ReadUInt64BigEndian(number);
        ulong value = random.Next(6) switch
        {
            0 => 0,
            1 => ulong.MaxValue,
            2 => 1UL << (8 * width - 1),
            3 => unchecked(old + 1),
            4 => unchecked(old - 1),
            _ => (ulong)input.Length,
        };
        BinaryPrimitives.WriteUInt64BigEndian(number, value);
        number[(8 - width)..].CopyTo(field);
        return changed;
    }

    // The same for numbers that are written out.
    private static byte[] TamperDigit(byte[] input, Random random)
    {
        int[] digits = [.. Enumerable.Range(0, input.Length).Where(i => input[i] is >= (byte)'0' and <= (byte)'9').Take(4_096)];
        if (digits.Length == 0) return FlipBit(input, random);

        byte[] changed = [.. input];
        changed[digits[random.Next(digits.Length)]] = (byte)('0' + random.Next(10));
        return changed;
    }
}
