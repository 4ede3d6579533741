using System.Buffers.Binary;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Verification;

namespace SupplyChain.UpdaterAgent.Core.Policy;

/// <summary>Step 10 of docs/protocol.md §7: the rules of the protocol first, then those of this machine.</summary>
public static class InstallPolicy
{
    private const ulong Permille = 1000;

    /// <param name="update">What the channel offers, verified.</param>
    /// <param name="situation">This machine.</param>
    /// <param name="floor">The highest version verified for the channel before that stands; null if none does.</param>
    /// <param name="now">Unix seconds.</param>
    public static Decision Decide(VerifiedUpdate update, Situation situation, ReleaseVersion? floor, long now)
    {
        ArgumentNullException.ThrowIfNull(update);
        ArgumentNullException.ThrowIfNull(situation);

        var rules = new UpdatePolicy(situation.Machine, floor, situation.Installed);
        if (rules.Check(update) is { } rejection)
        {
            return rejection.Reason == RejectionReason.NotNewer
                ? new Decision.UpToDate(update)
                : new Decision.Refused(update, rejection);
        }

        if (!situation.Kinds.Contains(update.Release.Kind)) return new Decision.Held(update, HoldReason.KindUnsupported);
        if (situation.Quarantined.Contains(update.Release.Version)) return new Decision.Held(update, HoldReason.Quarantined);
        if (situation.Cohort is { } cohort && !IsDue(update, cohort, now)) return new Decision.Held(update, HoldReason.Rollout);

        return new Decision.Install(update);
    }

    // The promotion's id shuffles the machines anew each time, so that not always the same ones go first.
    private static bool IsDue(VerifiedUpdate update, uint cohort, long now)
    {
        var drawn = Digest.Of(new ByteWriter()
            .Bytes("supplychain/rollout/v1"u8).U8(0).U32(cohort).Bytes(update.ChannelRow.Id.AsSpan()).WrittenSpan);
        ulong place = BinaryPrimitives.ReadUInt64BigEndian(drawn.AsSpan()) % Permille;
        return place < (ulong)update.Promotion.Rollout.PermilleAt(now - update.Promotion.Time);
    }
}
