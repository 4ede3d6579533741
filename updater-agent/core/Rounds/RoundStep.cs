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

    /// <summary>The round cannot, and the run ends with it.</summary>
    public sealed record Over(UpdateOutcome Outcome) : RoundStep([]);
}
