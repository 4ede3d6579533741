namespace SupplyChain.UpdaterAgent.Core.Installation.Livepatch;

/// <summary>Whether a kernel is as well with a patch as it was without.</summary>
public static class KernelComplaints
{
    private const int OutOfTree = 12, Unsigned = 13, Livepatch = 15;
    private const ulong ExpectedTaint = (1UL << OutOfTree) | (1UL << Unsigned) | (1UL << Livepatch);
    private const int Critical = 2, SeverityMask = 7;

    private static readonly string[] Alarms =
        ["BUG:", "WARNING:", "Oops", "kernel BUG at", "general protection fault", "Unable to handle kernel", "refcount_t:", "list_add corruption", "list_del corruption"];

    /// <summary>What the kernel has complained about since it was marked; null if nothing.</summary>
    /// <param name="mark">From before the patch.</param>
    /// <param name="taint">The taint of now.</param>
    /// <param name="records">As of <see cref="Log"/>.</param>
    public static string? Since(KernelMark mark, ulong taint, IEnumerable<string> records) =>
        Taint(mark.Taint, taint) ?? Log(records, mark.NextRecord);

    /// <summary>Bits that came into <c>kernel.tainted</c> and that no livepatch brings with it; null if there are none.</summary>
    public static string? Taint(ulong before, ulong after)
    {
        ulong unexpected = after & ~before & ~ExpectedTaint;
        return unexpected == 0 ? null : $"the kernel's taint went from {before} to {after}";
    }

    /// <summary>The first alarm among the records of <c>/dev/kmsg</c> from this sequence number on; null if there is none.</summary>
    /// <param name="records">Each <c>priority,sequence,microseconds,flags[,…];text</c>; others are passed over.</param>
    /// <param name="first">Sequence number of the first record that counts.</param>
    public static string? Log(IEnumerable<string> records, ulong first)
    {
        foreach (string record in records)
        {
            if (!TryRead(record, out uint severity, out ulong sequence, out string text) || sequence < first) continue;
            if (severity <= Critical || Alarms.Any(alarm => text.StartsWith(alarm, StringComparison.Ordinal)))
                return $"the kernel said: {PrintableText.Of(text, Quarantine.MaxReasonLength / 2)}";
        }

        return null;
    }

    /// <summary>The sequence number behind the last of these records; 0 where there are none.</summary>
    public static ulong NextSequence(IEnumerable<string> records) => records
        .Select(record => TryRead(record, out _, out ulong sequence, out _) ? sequence + 1 : 0)
        .DefaultIfEmpty(0UL).Max();

    private static bool TryRead(string record, out uint severity, out ulong sequence, out string text)
    {
        (severity, sequence, text) = (0, 0, "");
        int semicolon = record.IndexOf(';', StringComparison.Ordinal);
        if (semicolon < 0) return false;

        string[] fields = record[..semicolon].Split(',');
        if (fields.Length < 4 || !TryNumber(fields[0], out ulong priority) || !TryNumber(fields[1], out sequence)) return false;
        if (sequence == ulong.MaxValue) return false;

        // Lines that begin with a space are the record's own details.
        (severity, text) = ((uint)(priority & SeverityMask), record[(semicolon + 1)..].Split('\n')[0]);
        return true;
    }

    private static bool TryNumber(string text, out ulong value) => ulong.TryParse(
        text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out value);
}
