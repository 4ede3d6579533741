using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;
using SupplyChain.ThresholdSig.Bls;
using SupplyChain.ThresholdSig.Sharing;

namespace SupplyChain.Protocol.Map;

/// <summary>Under <see cref="MapKey.Root"/>: where a trust root's rotation stands. <c>{"index","id"}</c></summary>
public sealed record RootRow(ulong Index, Digest Id)
{
    public byte[] ToBytes() => new CanonicalJsonWriter()
        .BeginObject().Field("index", Index).Field("id", Id).EndObject().ToArray();

    public static bool TryRead(ReadOnlySpan<byte> value, [NotNullWhen(true)] out RootRow? row)
    {
        row = null;
        var reader = new CanonicalJsonReader(value);
        if (!reader.TryBeginObject()) return false;
        if (!reader.TryName("index") || !reader.TryNumber(out ulong index)) return false;
        if (!reader.TryName("id") || !reader.TryDigest(out var id)) return false;
        if (!reader.TryEndObject() || !reader.AtEnd) return false;

        row = new RootRow(index, id);
        return true;
    }
}

/// <summary>Under <see cref="MapKey.Role"/>: who signs now. <c>{"key","threshold","members","faulty"}</c></summary>
public sealed record RoleRow(PublicKey Key, Threshold Threshold)
{
    public byte[] ToBytes()
    {
        var writer = new CanonicalJsonWriter().BeginObject();
        writer.RoleKey(Key, Threshold);
        return writer.EndObject().ToArray();
    }

    public static bool TryRead(ReadOnlySpan<byte> value, [NotNullWhen(true)] out RoleRow? row)
    {
        row = null;
        var reader = new CanonicalJsonReader(value);
        if (!reader.TryBeginObject() || !reader.TryRoleKey(out var key, out var threshold)) return false;
        if (!reader.TryEndObject() || !reader.AtEnd) return false;

        row = new RoleRow(key, threshold);
        return true;
    }
}

/// <summary>
/// Under <see cref="MapKey.Product"/>: the product's latest release, which the next one must follow.
/// <c>{"role","sequence","release","id","time"}</c>
/// </summary>
/// <param name="Role">Name of the role whose key signed.</param>
/// <param name="Sequence">The release's number.</param>
/// <param name="Release">Index of its entry.</param>
/// <param name="Id">Its id.</param>
/// <param name="Time">Its time, Unix seconds.</param>
public sealed record ProductRow(string Role, ulong Sequence, ulong Release, Digest Id, long Time)
{
    public byte[] ToBytes() => new CanonicalJsonWriter()
        .BeginObject()
        .Field("role", Role)
        .Field("sequence", Sequence)
        .Field("release", Release)
        .Field("id", Id)
        .Time("time", Time)
        .EndObject()
        .ToArray();

    public static bool TryRead(ReadOnlySpan<byte> value, [NotNullWhen(true)] out ProductRow? row)
    {
        row = null;
        var reader = new CanonicalJsonReader(value);
        if (!reader.TryBeginObject()) return false;
        if (!reader.TryName("role") || !reader.TryString(out string? role, Limits.MaxNameLength) || !Names.IsName(role)) return false;
        if (!reader.TryName("sequence") || !reader.TryNumber(out ulong sequence)) return false;
        if (!reader.TryName("release") || !reader.TryNumber(out ulong release)) return false;
        if (!reader.TryName("id") || !reader.TryDigest(out var id)) return false;
        if (!reader.TryName("time") || !reader.TryTime(out long time)) return false;
        if (!reader.TryEndObject() || !reader.AtEnd) return false;

        row = new ProductRow(role, sequence, release, id, time);
        return true;
    }
}

/// <summary>
/// Under <see cref="MapKey.Release"/>: whether a release stands.
/// <c>{"index","id","root","status":"standing"}</c> or <c>{…,"status":"revoked","revocation"}</c>
/// </summary>
/// <param name="Index">Of the release's entry.</param>
/// <param name="Id">Of the release.</param>
/// <param name="Root">Version of the trust root it was accepted under.</param>
/// <param name="Revocation">Index of the entry that revoked it, or of the rotation that made it void; null while it stands.</param>
public sealed record ReleaseRow(ulong Index, Digest Id, ulong Root, ulong? Revocation = null)
{
    private const string Standing = "standing", Revoked = "revoked";

    public bool IsRevoked => Revocation is not null;

    public LogPlace Place => new(Index, Root);

    public byte[] ToBytes()
    {
        var writer = new CanonicalJsonWriter()
            .BeginObject()
            .Field("index", Index)
            .Field("id", Id)
            .Field("root", Root)
            .Field("status", IsRevoked ? Revoked : Standing);
        if (Revocation is { } revocation) writer.Field("revocation", revocation);
        return writer.EndObject().ToArray();
    }

    public static bool TryRead(ReadOnlySpan<byte> value, [NotNullWhen(true)] out ReleaseRow? row)
    {
        row = null;
        var reader = new CanonicalJsonReader(value);
        if (!reader.TryBeginObject()) return false;
        if (!reader.TryName("index") || !reader.TryNumber(out ulong index)) return false;
        if (!reader.TryName("id") || !reader.TryDigest(out var id)) return false;
        if (!reader.TryName("root") || !reader.TryNumber(out ulong root)) return false;
        if (!reader.TryName("status") || !reader.TryString(out string? status, Revoked.Length + 1)) return false;

        ulong? revocation = null;
        if (string.Equals(status, Revoked, StringComparison.Ordinal))
        {
            if (!reader.TryName("revocation") || !reader.TryNumber(out ulong revokedAt)) return false;
            revocation = revokedAt;
        }
        else if (!string.Equals(status, Standing, StringComparison.Ordinal))
        {
            return false;
        }

        if (!reader.TryEndObject() || !reader.AtEnd) return false;
        row = new ReleaseRow(index, id, root, revocation);
        return true;
    }
}

/// <summary>Under <see cref="MapKey.Artifact"/>: index of the first release that carries it. <c>{"first"}</c></summary>
public sealed record ArtifactRow(ulong First)
{
    public byte[] ToBytes() => new CanonicalJsonWriter().BeginObject().Field("first", First).EndObject().ToArray();

    public static bool TryRead(ReadOnlySpan<byte> value, [NotNullWhen(true)] out ArtifactRow? row)
    {
        row = null;
        var reader = new CanonicalJsonReader(value);
        if (!reader.TryBeginObject() || !reader.TryName("first") || !reader.TryNumber(out ulong first)) return false;
        if (!reader.TryEndObject() || !reader.AtEnd) return false;

        row = new ArtifactRow(first);
        return true;
    }
}

/// <summary>
/// Under <see cref="MapKey.Channel"/>: what the channel offers now.
/// <c>{"promotion","id","version","release","time","root"}</c>
/// </summary>
/// <param name="Promotion">Index of the promotion's entry.</param>
/// <param name="Id">Of the promotion.</param>
/// <param name="Version">What it promotes.</param>
/// <param name="Release">Index of the release's entry.</param>
/// <param name="Time">The promotion's time, Unix seconds.</param>
/// <param name="Root">Version of the trust root it was accepted under.</param>
public sealed record ChannelRow(ulong Promotion, Digest Id, ReleaseVersion Version, ulong Release, long Time, ulong Root)
{
    /// <summary>The promotion's.</summary>
    public LogPlace Place => new(Promotion, Root);

    public byte[] ToBytes() => new CanonicalJsonWriter()
        .BeginObject()
        .Field("promotion", Promotion)
        .Field("id", Id)
        .Version("version", Version)
        .Field("release", Release)
        .Time("time", Time)
        .Field("root", Root)
        .EndObject()
        .ToArray();

    public static bool TryRead(ReadOnlySpan<byte> value, [NotNullWhen(true)] out ChannelRow? row)
    {
        row = null;
        var reader = new CanonicalJsonReader(value);
        if (!reader.TryBeginObject()) return false;
        if (!reader.TryName("promotion") || !reader.TryNumber(out ulong promotion)) return false;
        if (!reader.TryName("id") || !reader.TryDigest(out var id)) return false;
        if (!reader.TryName("version") || !reader.TryVersion(out var version)) return false;
        if (!reader.TryName("release") || !reader.TryNumber(out ulong release)) return false;
        if (!reader.TryName("time") || !reader.TryTime(out long time)) return false;
        if (!reader.TryName("root") || !reader.TryNumber(out ulong root)) return false;
        if (!reader.TryEndObject() || !reader.AtEnd) return false;

        row = new ChannelRow(promotion, id, version, release, time, root);
        return true;
    }
}

/// <summary>Under <see cref="MapKey.Statement"/>: that a statement is in the log, and where. <c>{"index"}</c></summary>
public sealed record StatementRow(ulong Index)
{
    public byte[] ToBytes() => new CanonicalJsonWriter().BeginObject().Field("index", Index).EndObject().ToArray();

    public static bool TryRead(ReadOnlySpan<byte> value, [NotNullWhen(true)] out StatementRow? row)
    {
        row = null;
        var reader = new CanonicalJsonReader(value);
        if (!reader.TryBeginObject() || !reader.TryName("index") || !reader.TryNumber(out ulong index)) return false;
        if (!reader.TryEndObject() || !reader.AtEnd) return false;

        row = new StatementRow(index);
        return true;
    }
}
