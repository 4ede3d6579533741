namespace SupplyChain.UpdaterAgent.Core.Installation.Livepatch;

/// <summary>How a kernel stood before a patch: what it complains about from there on counts against the patch.</summary>
/// <param name="Taint">As <c>/proc/sys/kernel/tainted</c> shows it.</param>
/// <param name="NextRecord">Sequence number of the next record of <c>/dev/kmsg</c>.</param>
public sealed record KernelMark(ulong Taint, ulong NextRecord);
