using SupplyChain.Protocol.Verification;

namespace SupplyChain.UpdaterAgent.Core.Policy;

/// <summary>Why a release that is good for this machine is not installed now.</summary>
public enum HoldReason
{
    /// <summary>It was rolled back here before.</summary>
    Quarantined,

    /// <summary>Its rollout has not come to this machine yet.</summary>
    Rollout,

    /// <summary>This agent does not install payloads of its kind.</summary>
    KindUnsupported,
}

/// <summary>What to do about what a channel offers (docs/protocol.md §7 step 10).</summary>
public abstract record Decision
{
    private Decision()
    {
    }

    /// <summary>It is proven that the channel offers nothing.</summary>
    public sealed record NothingReleased : Decision;

    /// <summary>What the channel offers is installed, or something newer is.</summary>
    public sealed record UpToDate(VerifiedUpdate Offered) : Decision;

    public sealed record Install(VerifiedUpdate Update) : Decision;

    public sealed record Held(VerifiedUpdate Update, HoldReason Reason) : Decision;

    public sealed record Refused(VerifiedUpdate Update, Rejection Rejection) : Decision;
}
