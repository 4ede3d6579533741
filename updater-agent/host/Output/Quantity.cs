using System.Globalization;

namespace SupplyChain.UpdaterAgent.Output;

/// <summary>Numbers as people read them.</summary>
internal static class Quantity
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB"];

    /// <summary>Decimal units, as network and disk makers count.</summary>
    public static string Bytes(double bytes)
    {
        int unit = 0;
        while (bytes >= 1000 && unit < Units.Length - 1)
        {
            bytes /= 1000;
            unit++;
        }

        string format = unit == 0 ? "0" : "0.0";
        return $"{bytes.ToString(format, CultureInfo.InvariantCulture)} {Units[unit]}";
    }

    public static string Seconds(double seconds) => seconds.ToString("0.0", CultureInfo.InvariantCulture) + " s";

    /// <summary>As long as a person waits, in the unit that fits.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalMinutes: < 2 } => FormattableString.Invariant($"{Math.Ceiling(time.TotalSeconds):0} s"),
        { TotalHours: < 2 } => FormattableString.Invariant($"{Math.Ceiling(time.TotalMinutes):0} min"),
        _ => FormattableString.Invariant($"{Math.Ceiling(time.TotalHours):0} h"),
    };

    public static string Count(ulong number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>Unix seconds as RFC 3339 in UTC.</summary>
    public static string Time(long unixSeconds) =>
        DateTimeOffset.FromUnixTimeSeconds(unixSeconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
