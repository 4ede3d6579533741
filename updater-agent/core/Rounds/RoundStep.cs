using SupplyChain.Protocol.Verification;
using SupplyChain.UpdaterAgent.Core.Freshness;

namespace SupplyChain.UpdaterAgent.Core.Rounds;

/// <summary>What a round answers to an event: effects to carry out, and whether it goes on.</summary>
internal abstract record RoundStep
{
    private RoundStep(IReadOnlyList<UpdateEffect> effects) => Effects = effects;

    public IReadOnlyList<UpdateEffect> Effects { get; private init; }

    /// <summary>The same after other effects.</summary>
    public RoundStep Behind(params IEnumerable<UpdateEffect> first) => this with { Effects = [.. first, .. Effects] };

    /// <summary>The round waits for the answer to its last effect.</summary>
    public sealed record Asking(UpdateEffect Question) : RoundStep([Question]);

    /// <summary>The round found out what it asked for.</summary>
    public sealed record Found(Offer Offer) : RoundStep([]);

    /// <summary>The round needs the next trust root to go on.</summary>
    /// <param name="Why">The map has a newer root than the one in use.</param>
    /// <param name="Again">Tries the same answer under the next root, at a time.</param>
    public sealed record NeedsRoot(Rejection Why, Func<ClockReading, RoundStep> Again) : RoundStep([]);

    /// <summary>The next trust root is in use.</summary>
    public sealed record RootFound() : RoundStep([]);

    /// <summary>The round cannot, and the run ends with it.</summary>
    public sealed record Over(UpdateOutcome Outcome) : RoundStep([]);
}
