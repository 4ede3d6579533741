using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;

namespace SupplyChain.Protocol.Verification;

/// <summary>Step 6 of docs/protocol.md §7: which map is that of this very checkpoint, and what does it say?</summary>
internal static class MapRules
{
    /// <summary>The state leaf, if it is the checkpoint's last leaf: then its map is current and cannot be an older one.</summary>
    public static Verdict<StateLeaf> StateOf(TrustRoot root, Checkpoint checkpoint, IncludedEntry state)
    {
        if (checkpoint.Size.Value == 0 || !state.Verify(checkpoint, checkpoint.Size.Value - 1))
            return new Rejection(RejectionReason.StateLeafMisplaced, $"not the last of {checkpoint.Size} leaves");
        if (!Envelope.TryRead(state.Entry.Span, out var entry) || !entry.IsSignedExactlyBy())
            return new Rejection(RejectionReason.StateLeafMisplaced, "the last leaf is no entry without signatures");
        if (!Statement.TryRead(entry, out var statement) || statement is not StateLeaf leaf)
            return new Rejection(RejectionReason.StateLeafMisplaced, "the last leaf is no state");
        if (!string.Equals(leaf.Origin, root.Origin, StringComparison.Ordinal))
            return new Rejection(RejectionReason.StateLeafMisplaced, $"a state of '{leaf.Origin}'");

        return leaf;
    }

    public static Rejection? RootInUse(TrustRoot root, Digest mapRoot, UpdateProof proof)
    {
        if (!proof.Root.Verify(mapRoot, MapKey.Root(proof.RootVersion))) return Unproven($"root {proof.RootVersion}");
        if (!proof.NextRoot.Verify(mapRoot, MapKey.Root(proof.RootVersion + 1))) return Unproven($"root {proof.RootVersion + 1}");

        ulong newest = proof.NextRoot.Value is not null ? proof.RootVersion + 1 : proof.Root.Value is not null ? proof.RootVersion : 0;
        if (newest > root.Version)
            return new Rejection(RejectionReason.RootOutdated, $"the map has root {newest}, and {root.Version} is in use");
        if (proof.RootVersion != root.Version || proof.Root.Value is not { } value)
            return new Rejection(RejectionReason.RootUnknown, $"the map is not shown to have root {root.Version}");
        if (!RootRow.TryRead(value.Span, out var row)) return Unproven($"root {root.Version}");

        return row.Id == root.Id()
            ? null
            : new Rejection(RejectionReason.RootUnknown, $"the map has another root {root.Version}");
    }

    public static Verdict<ChannelRow> Channel(Digest mapRoot, UpdateProof proof, string product, string channel)
    {
        if (!proof.Channel.Verify(mapRoot, MapKey.Channel(product, channel))) return Unproven("channel");
        if (proof.Channel.Value is not { } value)
            return new Rejection(RejectionReason.ChannelAbsent, $"'{product}' offers nothing in '{channel}'");
        if (!ChannelRow.TryRead(value.Span, out var row)) return Unproven("channel");

        return row;
    }

    public static Verdict<ReleaseRow> Release(Digest mapRoot, ProvenRow release, string product, ReleaseVersion version)
    {
        if (!release.Verify(mapRoot, MapKey.Release(product, version))) return Unproven("release");
        if (release.Value is not { } value || !ReleaseRow.TryRead(value.Span, out var row)) return Unproven("release");

        return row;
    }

    public static Rejection Unproven(string row) =>
        new(RejectionReason.MapProofInvalid, $"the row '{row}' is not proven");
}
