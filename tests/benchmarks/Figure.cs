using System.Globalization;

namespace SupplyChain.Benchmarks;

/// <summary>One measured value beside the limit it is held to.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Measured">The value; a median where there were several.</param>
/// <param name="Limit">What it may be at most.</param>
/// <param name="Unit">Of both.</param>
internal sealed record Figure(string Name, double Measured, double Limit, string Unit)
{
    public double Ratio => Measured / Limit;

    public string Text(double value) => value.ToString(value < 100 ? "0.00" : "0", CultureInfo.InvariantCulture) + " " + Unit;

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
