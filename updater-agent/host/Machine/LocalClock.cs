using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using SupplyChain.Protocol;

namespace SupplyChain.UpdaterAgent.Machine;

/// <summary>The machine's steady clock, which counts from its start whatever the local clock is set to (proc(5)).</summary>
internal static class LocalClock
{
    private const string UptimeFile = "/proc/uptime";
    private const string BootFile = "/proc/sys/kernel/random/boot_id";

    // Without the kernel's word every process is a start of its own: its first question is for the time.
    private static readonly Digest ThisProcess = Digest.Of(Encoding.UTF8.GetBytes($"process {Environment.ProcessId} {DateTime.UtcNow.Ticks}"));

    /// <summary>Seconds since the start, sleep included; and <c>H</c> of the start's name.</summary>
    public static (long Uptime, Digest Boot) Read() =>
        TryRead(UptimeFile, out string? uptime) && TryRead(BootFile, out string? boot)
        && double.TryParse(uptime.Split(' ')[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds)
            ? ((long)seconds, Digest.Of(Encoding.UTF8.GetBytes(boot.Trim())))
            : (Environment.TickCount64 / 1_000, ThisProcess);

    private static bool TryRead(string path, [NotNullWhen(true)] out string? text)
    {
        try
        {
            text = File.ReadAllText(path);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            text = null;
            return false;
        }
    }
}
