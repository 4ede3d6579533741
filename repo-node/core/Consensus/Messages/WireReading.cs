using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.RepoNode.Core.Consensus.Messages;

/// <summary>Reads one value from the front of what remains.</summary>
internal delegate bool WireReader<T>(ref ByteReader reader, [NotNullWhen(true)] out T? value);

/// <summary>What all message readers share: numbers that stay small enough to count on, and whole inputs.</summary>
internal static class WireReading
{
    /// <summary>A view, height or time: bounded, so that no sum of them overflows.</summary>
    public static bool TryCounter(this ref ByteReader reader, out ulong value) =>
        reader.TryU64(out value) && value <= Limits.MaxJsonNumber;

    public static bool TryView(this ref ByteReader reader, out View view)
    {
        bool read = reader.TryCounter(out ulong number);
        view = new View(number);
        return read;
    }

    /// <summary>Reads <paramref name="bytes"/> as one value and nothing after it.</summary>
    public static bool TryWhole<T>(ReadOnlySpan<byte> bytes, WireReader<T> read, [NotNullWhen(true)] out T? value)
    {
        var reader = new ByteReader(bytes);
        if (read(ref reader, out value) && reader.AtEnd) return true;

        value = default;
        return false;
    }
}
