using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace SupplyChain.Protocol.Encoding;

/// <summary>
/// Bytes as changes to other bytes that the reader has, at most 65,535 of either:
/// <code>u16 count ‖ count × (u16 offset ‖ u16 length ‖ u16 length ‖ literal)</code>
/// Each step copies a piece of the old bytes and puts the literal behind it. The writer is part of the format: what it would
/// not have written is refused, so that there is one spelling.
/// </summary>
internal static class Changes
{
    // A step costs six bytes; a shorter copy would rarely save any.
    private const int Shortest = 16;

    // Places tried for one copy: bounds the work on bytes that repeat themselves.
    private const int MostPlaces = 64;

    private readonly record struct Step(int Offset, int Length, int LiteralStart, int LiteralEnd);

    public static void Write(ByteWriter writer, ReadOnlySpan<byte> old, ReadOnlySpan<byte> next)
    {
        var steps = StepsTo(old, next);
        writer.U16((ushort)steps.Count);
        foreach (var step in steps)
            writer.U16((ushort)step.Offset).U16((ushort)step.Length).Bytes16(next[step.LiteralStart..step.LiteralEnd]);
    }

    public static bool TryRead(ref ByteReader reader, ReadOnlySpan<byte> old, [NotNullWhen(true)] out byte[]? next)
    {
        next = null;
        var read = new ByteWriter();
        var made = new ByteWriter();
        if (!reader.TryU16(out ushort count)) return false;

        read.U16(count);
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryU16(out ushort offset) || !reader.TryU16(out ushort length)) return false;
            if (!reader.TryBytes16(Limits.MaxEntrySize, out var literal) || offset + length > old.Length) return false;

            read.U16(offset).U16(length).Bytes16(literal);
            made.Bytes(old.Slice(offset, length)).Bytes(literal);
            if (made.Length > Limits.MaxEntrySize) return false;
        }

        var written = new ByteWriter();
        Write(written, old, made.WrittenSpan);
        if (!written.WrittenSpan.SequenceEqual(read.WrittenSpan)) return false;

        next = made.ToArray();
        return true;
    }

    private static List<Step> StepsTo(ReadOnlySpan<byte> old, ReadOnlySpan<byte> next)
    {
        var places = PlacesIn(old);
        List<Step> steps = [];
        var step = new Step(0, 0, 0, 0);
        for (int at = 0; at < next.Length;)
        {
            var (offset, length) = LongestCopy(places, old, next[at..]);
            if (length == 0)
            {
                at++;
                continue;
            }

            if (at > 0) steps.Add(step with { LiteralEnd = at });
            step = new Step(offset, length, at + length, at + length);
            at += length;
        }

        steps.Add(step with { LiteralEnd = next.Length });
        return steps;
    }

    private static Dictionary<UInt128, List<int>> PlacesIn(ReadOnlySpan<byte> old)
    {
        var places = new Dictionary<UInt128, List<int>>();
        for (int at = 0; at + Shortest <= old.Length; at++)
        {
            var key = BinaryPrimitives.ReadUInt128BigEndian(old[at..]);
            if (!places.TryGetValue(key, out var same)) places.Add(key, same = []);
            if (same.Count < MostPlaces) same.Add(at);
        }

        return places;
    }

    // The first of the longest.
    private static (int Offset, int Length) LongestCopy(
        Dictionary<UInt128, List<int>> places, ReadOnlySpan<byte> old, ReadOnlySpan<byte> wanted)
    {
        var best = (Offset: 0, Length: 0);
        if (wanted.Length < Shortest) return best;
        if (!places.TryGetValue(BinaryPrimitives.ReadUInt128BigEndian(wanted), out var same)) return best;

        foreach (int at in same)
        {
            int length = old[at..].CommonPrefixLength(wanted);
            if (length > best.Length) best = (at, length);
        }

        return best;
    }
}
