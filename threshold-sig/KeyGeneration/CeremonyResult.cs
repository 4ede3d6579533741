using SupplyChain.ThresholdSig.Signing;

namespace SupplyChain.ThresholdSig.KeyGeneration;

/// <summary>What is wrong with a dealing.</summary>
public enum DealingFault
{
    /// <summary>The dealer is no member, or its polynomial has another degree than the group's.</summary>
    WrongGroup,

    /// <summary>
    /// The dealer does not prove that it knows what it deals: perhaps it made its key up from others' (rogue key).
    /// </summary>
    WrongProof,

    /// <summary>The share is not the one the dealer committed to.</summary>
    WrongShare,

    /// <summary>The dealer has shown two different dealings in one ceremony.</summary>
    DealtTwice,
}

/// <summary>How a ceremony ended for one member.</summary>
public abstract record CeremonyResult
{
    private CeremonyResult()
    {
    }

    /// <summary>
    /// The group's key, the same for all members, and this member's share, which the caller now owns.
    /// </summary>
    public sealed record Completed(GroupKey GroupKey, PrivateShare Share) : CeremonyResult;

    /// <summary>These members have not dealt yet.</summary>
    public sealed record Missing(IReadOnlyList<int> Dealers) : CeremonyResult;

    /// <summary>
    /// This dealer broke the ceremony; it must be held again, without it or with its promise to do better.
    /// </summary>
    public sealed record Aborted(int Dealer, DealingFault Fault) : CeremonyResult;

    /// <summary>The dealings cancel each other out, which does not happen by chance: all must deal again.</summary>
    public sealed record Cancelled : CeremonyResult;
}
