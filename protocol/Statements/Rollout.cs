using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.Protocol.Statements;

/// <summary>
/// Which share of the fleet a promotion is for, over time: 1 to 16 steps, both numbers strictly rising, the first at once.
/// <code>[{"after":0,"permille":10},{"after":86400,"permille":1000}]</code>
/// </summary>
public sealed record Rollout(IReadOnlyList<RolloutStep> Steps)
{
    private const ulong WholeFleet = 1000;

    public static Rollout Everyone { get; } = new([new RolloutStep(0, (int)WholeFleet)]);

    /// <summary>The share that is due, in permille, this many seconds after the promotion's time; 0 before it.</summary>
    public int PermilleAt(long seconds) =>
        seconds < 0 ? 0 : Steps.Last(step => step.After <= (ulong)seconds).Permille;

    internal bool IsValid
    {
        get
        {
            if (Steps.Count is 0 or > Limits.MaxRolloutSteps || Steps[0].After != 0) return false;

            return Steps.All(step => step.After <= Limits.MaxJsonNumber && step.Permille is >= 1 and <= (int)WholeFleet)
                && Steps.Zip(Steps.Skip(1)).All(pair =>
                    pair.First.After < pair.Second.After && pair.First.Permille < pair.Second.Permille);
        }
    }

    internal void WriteTo(CanonicalJsonWriter writer)
    {
        writer.BeginArray();
        foreach (var step in Steps)
            writer.BeginObject().Field("after", step.After).Field("permille", (ulong)step.Permille).EndObject();
        writer.EndArray();
    }

    internal static bool TryRead(ref CanonicalJsonReader reader, [NotNullWhen(true)] out Rollout? rollout)
    {
        rollout = null;
        if (!reader.TryBeginArray()) return false;

        var steps = new List<RolloutStep>();
        while (!reader.TryEndArray())
        {
            if (steps.Count == Limits.MaxRolloutSteps || !reader.TryBeginObject()) return false;
            if (!reader.TryName("after") || !reader.TryNumber(out ulong after)) return false;
            if (!reader.TryName("permille") || !reader.TryNumber(out ulong permille, WholeFleet)) return false;
            if (!reader.TryEndObject()) return false;

            steps.Add(new RolloutStep(after, (int)permille));
        }

        rollout = new Rollout(steps);
        return true;
    }
}

/// <param name="After">Seconds after the promotion's time.</param>
/// <param name="Permille">Share of the fleet from then on, 1 to 1000.</param>
public readonly record struct RolloutStep(ulong After, int Permille);
