using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.UpdaterAgent.Core.Installation;

/// <summary>
/// The latest installation and the quarantine, as <c>install.json</c> keeps them (docs/protocol.md §9):
/// <c>{"step","new":{"place","holds"},"old"?:{"place","holds"},"quarantine":[…]}</c>, canonical JSON.
/// <code>
///            ┌────────────── Stage ◄──────────────┐
///            ▼                                    │
///          staged ── Switch ──► switched ── Confirm ──► confirmed
///            ▲                     │    │                   │
///            └───── Unswitch ──────┘    └► rolled-back ◄────┘   RollBack
/// </code>
/// Each record is on disk before the step is carried out and each step can be carried out twice, so after a crash
/// the record alone says how to go on. A new installation may follow every step but <c>switched</c>. What is staged is rolled
/// back too where it is the current one, about to be tried again.
/// </summary>
public sealed record InstallJournal
{
    /// <summary>Bytes of the file; 32 quarantined versions with the longest reasons stay far below.</summary>
    public const int MaxSize = 65_536;

    private InstallJournal(InstallAttempt? latest, Quarantine quarantine)
    {
        Latest = latest;
        Quarantine = quarantine;
    }

    public static InstallJournal Empty { get; } = new(null, Quarantine.Empty);

    /// <summary>Null before the first installation.</summary>
    public InstallAttempt? Latest { get; }

    public Quarantine Quarantine { get; }

    /// <summary>Where an operator may go back to: what the latest confirmed version replaced.</summary>
    public Placement? Fallback => Latest is { Step: InstallStep.Confirmed } ? Latest.Old : null;

    /// <param name="staged">What now lies whole in its place.</param>
    /// <param name="active">What is current; it stays untouched in another place.</param>
    public InstallJournal Stage(Placement staged, Placement? active)
    {
        Invariant.Holds(Latest?.Step != InstallStep.Switched, "an installation is decided before the next begins");
        Invariant.Holds(staged.Place != active?.Place, "what is current is never overwritten");
        return new(new(InstallStep.Staged, staged, active), Quarantine);
    }

    public InstallJournal Switch() => After(InstallStep.Staged, InstallStep.Switched);

    /// <summary>The switch was recorded and never carried out: whether it is still wanted is decided anew.</summary>
    public InstallJournal Unswitch() => After(InstallStep.Switched, InstallStep.Staged);

    public InstallJournal Confirm()
    {
        var confirmed = After(InstallStep.Switched, InstallStep.Confirmed);
        var release = confirmed.Latest!.New.Release;
        return new(confirmed.Latest, Quarantine.Overtake(release.Product, release.Version));
    }

    public InstallJournal RollBack(string reason)
    {
        // Staged: what was current before, and is about to be tried again from its place.
        Invariant.Holds(Latest is not null && Latest.Step != InstallStep.RolledBack, "what is rolled back is not so yet");
        var failed = Latest.New.Release;
        return new(
            Latest with { Step = InstallStep.RolledBack },
            Quarantine.Add(failed.Product, failed.Version, reason));
    }

    /// <summary>What was made current is not good: it is rolled back where it is the latest, and quarantined in any case.</summary>
    /// <param name="placed">The latest, or what an earlier installation made current.</param>
    /// <param name="reason">For people.</param>
    public InstallJournal Condemn(Placement placed, string reason)
    {
        if (Latest is not null && Latest.Step != InstallStep.RolledBack && Latest.New.Release == placed.Release) return RollBack(reason);

        var latest = Latest ?? new(InstallStep.RolledBack, placed, null);
        return new(latest, Quarantine.Add(placed.Release.Product, placed.Release.Version, reason));
    }

    public InstallJournal Lift(string product, ReleaseVersion version) =>
        new(Latest, Quarantine.Lift(product, version));

    public byte[] ToBytes()
    {
        Invariant.Holds(Latest is not null, "an empty journal is no file");
        var json = new CanonicalJsonWriter();
        json.BeginObject().Field("step", Latest.Step.Name()).Name("new");
        Latest.New.WriteTo(json);
        if (Latest.Old is not null)
        {
            json.Name("old");
            Latest.Old.WriteTo(json);
        }

        json.Name("quarantine");
        Quarantine.WriteTo(json);
        return json.EndObject().ToArray();
    }

    public static bool TryRead(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out InstallJournal? journal)
    {
        journal = null;
        if (utf8.Length > MaxSize) return false;

        var json = new CanonicalJsonReader(utf8);
        if (!json.TryBeginObject()) return false;
        if (!json.TryName("step") || !json.TryString(out string? name, Limits.MaxNameLength)) return false;
        if (!InstallStepNames.TryParse(name, out var step)) return false;
        if (!json.TryName("new") || !Placement.TryRead(ref json, out var placed)) return false;

        Placement? old = null;
        if (json.TryName("old") && !Placement.TryRead(ref json, out old)) return false;
        if (!json.TryName("quarantine") || !Quarantine.TryRead(ref json, out var quarantine)) return false;
        if (!json.TryEndObject() || !json.AtEnd || placed.Place == old?.Place) return false;

        journal = new InstallJournal(new(step, placed, old), quarantine);
        return true;
    }

    private InstallJournal After(InstallStep expected, InstallStep next)
    {
        Invariant.Holds(Latest?.Step == expected, $"{next.Name()} comes after {expected.Name()}");
        return new(Latest with { Step = next }, Quarantine);
    }
}

/// <summary>
/// One installation: <paramref name="New"/> follows <paramref name="Old"/>, which was current before and is null when
/// nothing was.
/// </summary>
public sealed record InstallAttempt(InstallStep Step, Placement New, Placement? Old);
