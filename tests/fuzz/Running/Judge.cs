using System.Diagnostics;
using System.Globalization;
using SupplyChain.Fuzz.Tests.Readers;

namespace SupplyChain.Fuzz.Tests.Running;

/// <summary>
/// Holds one reading to all properties: no exception, one encoding, bounded memory, bounded time. Time is taken again
/// where it was too long, since a busy machine is no fault of the reader's.
/// </summary>
internal static class Judge
{
    /// <summary>Null where every property holds.</summary>
    public static Finding? Read(Reader reader, byte[] input, int? seed, out bool accepted)
    {
        accepted = false;
        long start = Stopwatch.GetTimestamp(), allocated = GC.GetAllocatedBytesForCurrentThread();
        Answer answer;
        try
        {
            answer = reader.Read(input);
        }
        catch (Exception broken)
        {
            return new Finding(reader, Fault.Exception, $"{broken.GetType().Name}: {broken.Message} {Where(broken)}", input, seed);
        }

        var taken = Stopwatch.GetElapsedTime(start);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        accepted = answer.Accepted;

        if (answer.Encoded is { } encoded && !encoded.AsSpan().SequenceEqual(input))
            return new Finding(reader, Fault.SecondSpelling, $"written again as {Convert.ToBase64String(encoded)}", input, seed);

        long limit = reader.FixedAllocation + (long)reader.AllocationPerByte * input.Length;
        if (allocated > limit && Again(reader, input).Allocated > limit)
            return new Finding(reader, Fault.Allocation, Numbers($"{allocated} bytes for an input of {input.Length}, limit {limit}"), input, seed);
        if (taken > reader.TimeLimit && Again(reader, input).Taken > reader.TimeLimit)
            return new Finding(reader, Fault.Slow, Numbers($"{taken.TotalSeconds:0.0} s, limit {reader.TimeLimit.TotalSeconds:0.0} s"), input, seed);
        return null;
    }

    // A first reading also pays for what the runtime compiles and for statics.
    private static (TimeSpan Taken, long Allocated) Again(Reader reader, byte[] input)
    {
        long start = Stopwatch.GetTimestamp(), allocated = GC.GetAllocatedBytesForCurrentThread();
        reader.Read(input);
        return (Stopwatch.GetElapsedTime(start), GC.GetAllocatedBytesForCurrentThread() - allocated);
    }

    private static string Where(Exception broken) => (broken.StackTrace ?? "").Split('\n')[0].Split(" in ")[0].Trim();

    private static string Numbers(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
