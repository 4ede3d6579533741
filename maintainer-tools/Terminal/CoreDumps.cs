using System.Runtime.InteropServices;

namespace SupplyChain.MaintainerTools.Terminal;

/// <summary>Core files would hold whatever secrets were in memory.</summary>
internal static class CoreDumps
{
    private const int CoreFileSize = 4;

    /// <summary>Sets this process's limit on core files to zero. Where the system refuses, its own setting stays.</summary>
    public static void Forbid()
    {
        var none = default(Limit);
        _ = SetLimit(CoreFileSize, in none);
    }

    [DllImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static extern int SetLimit(int resource, in Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Limit
    {
        private readonly ulong _soft, _hard;
    }
}
