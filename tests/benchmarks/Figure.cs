using System.Globalization;

namespace SupplyChain.Benchmarks;

/// <summary>One measured value beside the limit it is held to.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Measured">The value; a median where there were several.</param>
/// <param name="Limit">What it may be at most, or with <paramref name="AtLeast"/> at least.</param>
/// <param name="Unit">Of both.</param>
/// <param name="AtLeast">More is better.</param>
/// <param name="Peer">Who did the same work in the same run, and how well; null when nobody did.</param>
internal sealed record Figure(string Name, double Measured, double Limit, string Unit, bool AtLeast = false, string? Peer = null)
{
    /// <summary>How much of the limit is used: at most 1 when it is kept.</summary>
    public double Ratio => AtLeast ? Limit / Measured : Measured / Limit;

    public string Text(double value) => value.ToString(value < 100 ? "0.00" : "0", CultureInfo.InvariantCulture) + " " + Unit;

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
