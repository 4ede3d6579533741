using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.UpdaterAgent.Core.Installation;

/// <summary>
/// What a slot holds (docs/protocol.md §9): canonical JSON
/// <c>{"product","channel","version","release","sha256"}</c>. <paramref name="Release"/> is the id of the release
/// statement, <paramref name="Sha256"/> the digest of the payload as it was released, before it was unpacked.
/// </summary>
public sealed record InstalledRelease(
    string Product, string Channel, ReleaseVersion Version, Digest Release, Digest Sha256)
{
    public byte[] ToBytes()
    {
        var json = new CanonicalJsonWriter();
        WriteTo(json);
        return json.ToArray();
    }

    public static bool TryRead(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out InstalledRelease? installed)
    {
        var json = new CanonicalJsonReader(utf8);
        if (TryRead(ref json, out installed) && json.AtEnd) return true;

        installed = null;
        return false;
    }

    internal void WriteTo(CanonicalJsonWriter json) => json
        .BeginObject()
        .Field("product", Product)
        .Field("channel", Channel)
        .Field("version", Version.ToString())
        .Field("release", Release)
        .Field("sha256", Sha256)
        .EndObject();

    internal static bool TryRead(ref CanonicalJsonReader json, [NotNullWhen(true)] out InstalledRelease? installed)
    {
        installed = null;
        if (!json.TryBeginObject()) return false;
        if (!json.TryName("product") || !json.TryString(out string? product, Limits.MaxNameLength)) return false;
        if (!json.TryName("channel") || !json.TryString(out string? channel, Limits.MaxNameLength)) return false;
        if (!json.TryVersion(out var version)) return false;
        if (!json.TryName("release") || !json.TryDigest(out var release)) return false;
        if (!json.TryName("sha256") || !json.TryDigest(out var sha256)) return false;
        if (!json.TryEndObject()) return false;

        installed = new InstalledRelease(product, channel, version, release, sha256);
        return true;
    }
}
