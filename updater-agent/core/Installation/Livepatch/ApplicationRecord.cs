using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.UpdaterAgent.Core.Installation.Livepatch;

/// <summary>A module was, or was about to be, given to the kernel of one boot.</summary>
/// <param name="Sha256">Of the module.</param>
/// <param name="Boot">The kernel's boot id, as <c>/proc/sys/kernel/random/boot_id</c> shows it.</param>
/// <param name="Monotonic">Milliseconds since that boot.</param>
/// <param name="Since">How that kernel stood before; null once it was found as well with the patch as it was without.</param>
public sealed record ApplicationIntent(Digest Sha256, string Boot, ulong Monotonic, KernelMark? Since);

/// <summary>How often machines went down with one payload.</summary>
public sealed record UnsurvivedCount(Digest Sha256, ulong Count);

/// <summary>
/// What is known of the kernel's fate with our patches, as <c>livepatch.json</c> keeps it (docs/protocol.md §9):
/// <c>{"intent":{"sha256","boot","monotonic","since":{"taint","record"}?}?,"unsurvived":[{"sha256","count"}…]}</c>,
/// canonical JSON. The intent is on disk before the kernel is called and leaves when the call was refused, when the patch is
/// out of force, when it is confirmed, or when another boot finds it: then the machine went down with it, and it is counted.
/// </summary>
public sealed record ApplicationRecord
{
    private const int BootIdLength = 36;

    private ApplicationRecord(ApplicationIntent? intent, ImmutableArray<UnsurvivedCount> unsurvived)
    {
        Intent = intent;
        Unsurvived = unsurvived;
    }

    public static ApplicationRecord Empty { get; } = new(null, []);

    public ApplicationIntent? Intent { get; }

    /// <summary>Oldest first.</summary>
    public ImmutableArray<UnsurvivedCount> Unsurvived { get; }

    public ulong CountOf(Digest sha256) => Unsurvived.FirstOrDefault(one => one.Sha256 == sha256)?.Count ?? 0;

    /// <summary>The machine has gone down with this payload as often as it may.</summary>
    public bool IsGivenUp(Digest sha256) => CountOf(sha256) >= LivepatchLimits.MaxUnsurvived;

    /// <summary>Before the kernel is called.</summary>
    public ApplicationRecord Begin(ApplicationIntent intent) => new(intent, Unsurvived);

    /// <summary>It was given to the kernel of this boot or of another, and what became of that is not known yet.</summary>
    public bool IsPending(Digest sha256) => Intent?.Sha256 == sha256;

    /// <summary>The kernel is as well with it as without: what it says from now on is not the patch's fault.</summary>
    public ApplicationRecord Accept(Digest sha256) => IsPending(sha256) ? new(Intent! with { Since = null }, Unsurvived) : this;

    /// <summary>The kernel refused it, or it is out again: the machine lives.</summary>
    public ApplicationRecord Withdraw(Digest sha256) => IsPending(sha256) ? new(null, Unsurvived) : this;

    /// <summary>The patch was found good while the machine runs with it.</summary>
    public ApplicationRecord Survive(Digest sha256) =>
        new(IsPending(sha256) ? null : Intent, Unsurvived.RemoveAll(one => one.Sha256 == sha256));

    /// <summary>An intent of another boot is one case more; one of this boot stays what it is.</summary>
    /// <param name="boot">The boot id of now.</param>
    public ApplicationRecord Settle(string boot)
    {
        if (Intent is not { } intent || intent.Boot == boot) return this;

        var others = Unsurvived.RemoveAll(one => one.Sha256 == intent.Sha256);
        if (others.Length == LivepatchLimits.MaxCounted) others = others.RemoveAt(0);
        return new(null, others.Add(new(intent.Sha256, CountOf(intent.Sha256) + 1)));
    }

    public byte[] ToBytes()
    {
        var json = new CanonicalJsonWriter().BeginObject();
        if (Intent is { } intent)
        {
            json.Name("intent").BeginObject()
                .Field("sha256", intent.Sha256)
                .Field("boot", intent.Boot)
                .Field("monotonic", intent.Monotonic);
            if (intent.Since is { } since)
                json.Name("since").BeginObject().Field("taint", since.Taint).Field("record", since.NextRecord).EndObject();
            json.EndObject();
        }

        json.Name("unsurvived").BeginArray();
        foreach (var (sha256, count) in Unsurvived)
            json.BeginObject().Field("sha256", sha256).Field("count", count).EndObject();
        return json.EndArray().EndObject().ToArray();
    }

    public static bool TryRead(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out ApplicationRecord? record)
    {
        record = null;
        if (utf8.Length > LivepatchLimits.MaxRecordSize) return false;

        var json = new CanonicalJsonReader(utf8);
        if (!json.TryBeginObject()) return false;
        ApplicationIntent? intent = null;
        if (json.TryName("intent") && !TryRead(ref json, out intent)) return false;
        if (!json.TryName("unsurvived") || !json.TryBeginArray()) return false;

        var counts = ImmutableArray.CreateBuilder<UnsurvivedCount>();
        while (!json.TryEndArray())
        {
            if (counts.Count == LivepatchLimits.MaxCounted || !json.TryBeginObject()) return false;
            if (!json.TryName("sha256") || !json.TryDigest(out var sha256)) return false;
            if (!json.TryName("count") || !json.TryNumber(out ulong count) || count == 0) return false;
            if (!json.TryEndObject() || counts.Any(one => one.Sha256 == sha256)) return false;
            counts.Add(new(sha256, count));
        }

        if (!json.TryEndObject() || !json.AtEnd) return false;
        record = new(intent, counts.ToImmutable());
        return true;
    }

    private static bool TryRead(ref CanonicalJsonReader json, [NotNullWhen(true)] out ApplicationIntent? intent)
    {
        intent = null;
        if (!json.TryBeginObject()) return false;
        if (!json.TryName("sha256") || !json.TryDigest(out var sha256)) return false;
        if (!json.TryName("boot") || !json.TryString(out string? boot, BootIdLength) || boot.Length != BootIdLength) return false;
        if (!json.TryName("monotonic") || !json.TryNumber(out ulong monotonic)) return false;
        KernelMark? since = null;
        if (json.TryName("since") && !TryRead(ref json, out since)) return false;
        if (!json.TryEndObject()) return false;

        intent = new(sha256, boot, monotonic, since);
        return true;
    }

    private static bool TryRead(ref CanonicalJsonReader json, [NotNullWhen(true)] out KernelMark? mark)
    {
        mark = null;
        if (!json.TryBeginObject()) return false;
        if (!json.TryName("taint") || !json.TryNumber(out ulong taint)) return false;
        if (!json.TryName("record") || !json.TryNumber(out ulong record)) return false;
        if (!json.TryEndObject()) return false;

        mark = new(taint, record);
        return true;
    }
}
