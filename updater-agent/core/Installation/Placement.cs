using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.UpdaterAgent.Core.Installation;

/// <summary>A release and where its payload kind keeps it; for <c>tree</c> the place is the slot's name.</summary>
public sealed record Placement(string Place, InstalledRelease Release)
{
    /// <summary>UTF-8 bytes of a place's name.</summary>
    public const int MaxPlaceLength = 255;

    internal void WriteTo(CanonicalJsonWriter json)
    {
        json.BeginObject().Field("place", Place).Name("holds");
        Release.WriteTo(json);
        json.EndObject();
    }

    internal static bool TryRead(ref CanonicalJsonReader json, [NotNullWhen(true)] out Placement? placement)
    {
        placement = null;
        if (!json.TryBeginObject()) return false;
        if (!json.TryName("place") || !json.TryString(out string? place, MaxPlaceLength)) return false;
        if (!json.TryName("holds") || !InstalledRelease.TryRead(ref json, out var release)) return false;
        if (!json.TryEndObject()) return false;

        placement = new Placement(place, release);
        return true;
    }
}
