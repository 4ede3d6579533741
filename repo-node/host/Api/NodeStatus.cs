using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.RepoNode.Core.Attestation;

namespace SupplyChain.RepoNode.Api;

/// <summary>What <c>/healthz</c> says (docs/protocol.md §10).</summary>
/// <param name="Name">The node's.</param>
/// <param name="Origin">The network's.</param>
/// <param name="View">The consensus view it is in.</param>
/// <param name="Height">Of the newest final block.</param>
/// <param name="TreeSize">Entries that are final.</param>
/// <param name="CertifiedSize">Entries that q nodes attested; 0 before the first time.</param>
/// <param name="Pending">Submissions that wait to be ordered.</param>
/// <param name="Peers">Peers that have let it in.</param>
/// <param name="Quorum">q; with itself, a node needs q − 1 peers.</param>
/// <param name="Phase"><c>boot-check</c> while it signs nothing, <c>catching-up</c>, <c>taking-part</c>.</param>
/// <param name="KnownHeight">The height it knows the chain to have; its own when that is higher.</param>
/// <param name="ArtifactBytes">Of artifacts it lacked since it started, bytes that have come.</param>
/// <param name="ArtifactBytesNeeded">Bytes that it lacked in all.</param>
/// <param name="Clock"><c>unconfirmed</c>, <c>confirmed</c> or <c>ahead</c>: its clock beside its peers' clocks.</param>
internal sealed record NodeStatus(
    string Name,
    string Origin,
    ulong View,
    ulong Height,
    ulong TreeSize,
    ulong CertifiedSize,
    int Pending,
    int Peers,
    int Quorum,
    string Phase,
    ulong KnownHeight,
    ulong ArtifactBytes,
    ulong ArtifactBytesNeeded,
    string Clock)
{
    public CanonicalJsonWriter WriteTo(CanonicalJsonWriter writer) => writer.BeginObject()
        .Field("name", Name)
        .Field("origin", Origin)
        .Field("view", View)
        .Field("height", Height)
        .Field("treeSize", TreeSize)
        .Field("certifiedSize", CertifiedSize)
        .Field("pending", (ulong)Pending)
        .Field("peers", (ulong)Peers)
        .Field("quorum", (ulong)Quorum)
        .Field("phase", Phase)
        .Field("knownHeight", KnownHeight)
        .Field("artifactBytes", ArtifactBytes)
        .Field("artifactBytesNeeded", ArtifactBytesNeeded)
        .Field("clock", Clock)
        .EndObject();

    public static bool TryRead(ReadOnlySpan<byte> json, [NotNullWhen(true)] out NodeStatus? status)
    {
        status = null;
        var reader = new CanonicalJsonReader(json);
        if (!reader.TryBeginObject()) return false;
        if (!reader.TryName("name") || !reader.TryString(out string? name, Limits.MaxNameLength)) return false;
        if (!reader.TryName("origin") || !reader.TryString(out string? origin, Limits.MaxOriginLength)) return false;
        if (!reader.TryName("view") || !reader.TryNumber(out ulong view)) return false;
        if (!reader.TryName("height") || !reader.TryNumber(out ulong height)) return false;
        if (!reader.TryName("treeSize") || !reader.TryNumber(out ulong treeSize)) return false;
        if (!reader.TryName("certifiedSize") || !reader.TryNumber(out ulong certifiedSize)) return false;
        if (!reader.TryName("pending") || !reader.TryNumber(out ulong pending, int.MaxValue)) return false;
        if (!reader.TryName("peers") || !reader.TryNumber(out ulong peers, int.MaxValue)) return false;
        if (!reader.TryName("quorum") || !reader.TryNumber(out ulong quorum, int.MaxValue)) return false;
        if (!reader.TryName("phase") || !reader.TryString(out string? phase, Limits.MaxNameLength)) return false;
        if (!reader.TryName("knownHeight") || !reader.TryNumber(out ulong known)) return false;
        if (!reader.TryName("artifactBytes") || !reader.TryNumber(out ulong held)) return false;
        if (!reader.TryName("artifactBytesNeeded") || !reader.TryNumber(out ulong needed)) return false;
        if (!reader.TryName("clock") || !reader.TryString(out string? clock, Limits.MaxNameLength)) return false;
        if (!reader.TryEndObject() || !reader.AtEnd) return false;

        status = new NodeStatus(
            name, origin, view, height, treeSize, certifiedSize, (int)pending, (int)peers, (int)quorum, phase,
            known, held, needed, clock);
        return true;
    }

    public static string NameOf(ClockStanding standing) => standing switch
    {
        ClockStanding.Unconfirmed => "unconfirmed",
        ClockStanding.Confirmed => "confirmed",
        ClockStanding.Ahead => "ahead",
        _ => throw new ArgumentOutOfRangeException(nameof(standing), standing, "No such standing."),
    };
}
