namespace SupplyChain.RepoNode.Core.Consensus.Pace;

/// <summary>A host's two clocks at one event.</summary>
/// <param name="Steady">
/// Never set and never back: timers and patience follow it, so that a clock that is put right makes nobody give up on a
/// leader, or wait for an hour. Only its differences mean anything.
/// </param>
/// <param name="Wall">What the world calls the time: for the times of blocks alone.</param>
public readonly record struct Moment(DateTimeOffset Steady, DateTimeOffset Wall);
