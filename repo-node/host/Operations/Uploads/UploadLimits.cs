using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.RepoNode.Operations.Uploads;

/// <summary>
/// How much may be uploaded to this node and wait for a release, <c>uploads.json</c>: <c>{"quotaBytes","keepHours"}</c>. Its
/// operator may change it; a node without the file has the defaults.
/// </summary>
/// <param name="QuotaBytes">For each publisher's key.</param>
/// <param name="Keep">Whole hours, after which an upload that no statement took up is forgotten.</param>
internal sealed record UploadLimits(long QuotaBytes, TimeSpan Keep)
{
    // 16 PiB and a hundred years: what is more is a mistake.
    private const ulong MaxQuota = 1UL << 54, MaxHours = 24 * 36_525;

    /// <summary>Two of the largest artifacts, for a week.</summary>
    public static UploadLimits Default { get; } = new(2 * Protocol.Limits.MaxArtifactSize, TimeSpan.FromDays(7));

    public byte[] ToBytes() => new CanonicalJsonWriter()
        .BeginObject().Field("quotaBytes", (ulong)QuotaBytes).Field("keepHours", (ulong)Keep.TotalHours).EndObject().ToArray();

    public static bool TryRead(ReadOnlySpan<byte> json, [NotNullWhen(true)] out UploadLimits? limits)
    {
        limits = null;
        var reader = new CanonicalJsonReader(json);
        if (!reader.TryBeginObject()) return false;
        if (!reader.TryName("quotaBytes") || !reader.TryNumber(out ulong quota, MaxQuota)) return false;
        if (!reader.TryName("keepHours") || !reader.TryNumber(out ulong hours, MaxHours) || hours == 0) return false;
        if (!reader.TryEndObject() || !reader.AtEnd) return false;

        limits = new UploadLimits((long)quota, TimeSpan.FromHours(hours));
        return true;
    }
}
