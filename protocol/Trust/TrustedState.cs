using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Verification;

namespace SupplyChain.Protocol.Trust;

/// <summary>
/// What an agent has verified and never goes back behind (docs/protocol.md §7 step 1): root version, checkpoint, time, and
/// the versions of each channel. Immutable; what advances returns a new value.
/// <code>
/// {"origin","trustRoot","latestTime","confirmed":{"boot","uptime","clock","time"}?,"checkpoint":{"size","root"}?,
///  "floors":[{"product","channel","version","promotion","release"}]}
/// </code>
/// </summary>
public sealed class TrustedState
{
    private readonly VersionFloors _floors;

    private TrustedState(
        string origin,
        ulong rootVersion,
        long latestTime,
        Confirmation? confirmed,
        Checkpoint? checkpoint,
        VersionFloors floors)
    {
        Origin = origin;
        RootVersion = rootVersion;
        LatestTime = latestTime;
        Confirmed = confirmed;
        Checkpoint = checkpoint;
        _floors = floors;
    }

    public string Origin { get; }

    public ulong RootVersion { get; }

    /// <summary>Unix seconds: the network's clock was there already. A local clock below it is wrong.</summary>
    public long LatestTime { get; }

    /// <summary>When a quorum last told the time; null before the first.</summary>
    public Confirmation? Confirmed { get; }

    /// <summary>The largest checkpoint ever found certified and consistent; null before the first.</summary>
    public Checkpoint? Checkpoint { get; }

    /// <summary>What an agent starts with: the root it is installed with, and nothing seen yet.</summary>
    public static TrustedState Initial(TrustRoot root) =>
        new(root.Origin, root.Version, root.Created, null, null, VersionFloors.None);

    /// <summary>The highest version verified for the channel that stands under the root in use; null if none does.</summary>
    public ReleaseVersion? FloorOf(TrustRoot root, string product, string channel) => _floors.Of(root, product, channel);

    /// <summary>Whether this version was verified here, and the root in use makes void what it was verified by.</summary>
    public bool IsVoid(TrustRoot root, string product, ReleaseVersion version) => _floors.IsVoid(root, product, version);

    /// <summary>Takes a checkpoint that step 5 found to extend <see cref="Checkpoint"/>, and the time it is attested for.</summary>
    /// <exception cref="ArgumentException">It is of another log, smaller, or contradicts the present one.</exception>
    public TrustedState Advance(CertifiedCheckpoint certified)
    {
        var next = certified.Checkpoint;
        if (!string.Equals(next.Origin, Origin, StringComparison.Ordinal))
            throw new ArgumentException("A checkpoint of another log.", nameof(certified));
        if (Checkpoint is not null && (next.Size < Checkpoint.Size || (next.Size == Checkpoint.Size && next.Root != Checkpoint.Root)))
            throw new ArgumentException("A checkpoint that does not extend the trusted one.", nameof(certified));

        return new TrustedState(Origin, RootVersion, Math.Max(LatestTime, certified.Time), Confirmed, next, _floors);
    }

    /// <summary>Takes the time that a quorum told. Below <see cref="LatestTime"/> it counts as that: time never goes back.</summary>
    public TrustedState Confirm(Confirmation confirmation)
    {
        long time = Math.Max(LatestTime, confirmation.Time);
        return new TrustedState(Origin, RootVersion, time, confirmation with { Time = time }, Checkpoint, _floors);
    }

    /// <summary>Takes a trust root that step 2 walked to; an earlier one than known leaves the version where it is.</summary>
    public TrustedState Adopt(TrustRoot root)
    {
        ArgumentNullException.ThrowIfNull(root);
        return root.Version <= RootVersion ? this : new TrustedState(Origin, root.Version, LatestTime, Confirmed, Checkpoint, _floors);
    }

    /// <summary>Takes the version of a verified update; one that is not above the floor leaves all as it is.</summary>
    /// <param name="root">The root in use.</param>
    /// <param name="product">The product's name.</param>
    /// <param name="channel">The channel's name.</param>
    /// <param name="verified">The version, and where its statements stand.</param>
    /// <param name="installed">The version that is installed, which is remembered before others.</param>
    /// <exception cref="InvalidOperationException">There are <see cref="Limits.MaxVersionFloors"/> of other channels already.</exception>
    public TrustedState RaiseFloor(
        TrustRoot root, string product, string channel, VerifiedVersion verified, ReleaseVersion? installed = null)
    {
        if (FloorOf(root, product, channel) is { } floor && floor >= verified.Version) return this;

        return new TrustedState(
            Origin, RootVersion, LatestTime, Confirmed, Checkpoint, _floors.With(product, channel, verified, installed));
    }

    public byte[] ToBytes()
    {
        var writer = new CanonicalJsonWriter()
            .BeginObject()
            .Field("origin", Origin)
            .Field("trustRoot", RootVersion)
            .Time("latestTime", LatestTime);
        if (Confirmed is { } confirmed)
        {
            writer.Name("confirmed").BeginObject()
                .Field("boot", confirmed.Boot)
                .Time("uptime", confirmed.Uptime)
                .Time("clock", confirmed.Clock)
                .Time("time", confirmed.Time)
                .EndObject();
        }

        if (Checkpoint is not null)
        {
            writer.Name("checkpoint")
                .BeginObject().Field("size", Checkpoint.Size.Value).Field("root", Checkpoint.Root).EndObject();
        }

        _floors.WriteTo(writer.Name("floors"));
        return writer.EndObject().ToArray();
    }

    public static bool TryRead(ReadOnlySpan<byte> json, [NotNullWhen(true)] out TrustedState? state)
    {
        state = null;
        if (json.Length > Limits.MaxTrustedStateSize) return false;

        var reader = new CanonicalJsonReader(json);
        if (!reader.TryBeginObject()) return false;
        if (!reader.TryName("origin") || !reader.TryString(out string? origin, Limits.MaxOriginLength)) return false;
        if (!Names.IsOrigin(origin)) return false;
        if (!reader.TryName("trustRoot") || !reader.TryNumber(out ulong rootVersion) || rootVersion == 0) return false;
        if (!reader.TryName("latestTime") || !reader.TryTime(out long latestTime)) return false;
        if (!TryReadConfirmed(ref reader, latestTime, out var confirmed)) return false;
        if (!TryReadCheckpoint(ref reader, origin, out var checkpoint)) return false;
        if (!reader.TryName("floors") || !VersionFloors.TryRead(ref reader, out var floors)) return false;
        if (!reader.TryEndObject() || !reader.AtEnd) return false;

        state = new TrustedState(origin, rootVersion, latestTime, confirmed, checkpoint, floors);
        return true;
    }

    // What was confirmed is part of the latest time, so it is not after it.
    private static bool TryReadConfirmed(ref CanonicalJsonReader reader, long latestTime, out Confirmation? confirmed)
    {
        confirmed = null;
        if (!reader.TryName("confirmed")) return true;
        if (!reader.TryBeginObject()) return false;
        if (!reader.TryName("boot") || !reader.TryDigest(out var boot)) return false;
        if (!reader.TryName("uptime") || !reader.TryTime(out long uptime)) return false;
        if (!reader.TryName("clock") || !reader.TryTime(out long clock)) return false;
        if (!reader.TryName("time") || !reader.TryTime(out long time) || time > latestTime) return false;
        if (!reader.TryEndObject()) return false;

        confirmed = new Confirmation(boot, uptime, clock, time);
        return true;
    }

    private static bool TryReadCheckpoint(ref CanonicalJsonReader reader, string origin, out Checkpoint? checkpoint)
    {
        checkpoint = null;
        if (!reader.TryName("checkpoint")) return true;
        if (!reader.TryBeginObject()) return false;
        if (!reader.TryName("size") || !reader.TryNumber(out ulong size, Limits.MaxTreeSize)) return false;
        if (!reader.TryName("root") || !reader.TryDigest(out var root) || !reader.TryEndObject()) return false;

        checkpoint = new Checkpoint(origin, new TreeSize(size), root);
        return true;
    }
}
