using SupplyChain.Protocol.Trust;
using SupplyChain.Protocol.Verification;
using SupplyChain.UpdaterAgent.Core;
using SupplyChain.UpdaterAgent.Core.Download;
using SupplyChain.UpdaterAgent.Core.Freshness;
using SupplyChain.UpdaterAgent.Core.Installation;
using SupplyChain.UpdaterAgent.Core.Policy;
using SupplyChain.UpdaterAgent.Downloads;
using SupplyChain.UpdaterAgent.Installation;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Output.Reports;
using SupplyChain.UpdaterAgent.State;
using SupplyChain.UpdaterAgent.Updating;

namespace SupplyChain.UpdaterAgent.Commands;

/// <summary>Says in names, URLs and exit codes what a run came to.</summary>
internal static class Outcomes
{
    private const string TryLater =
        "Nothing was changed. Try again when more nodes answer; 'status' tells how long ago enough of them did.";

    /// <summary>Nodes that were asked in vain, each fault once.</summary>
    public static IReadOnlyList<NodeLine> Failures(TrustRoot root, UpdateResult result)
    {
        var asked = result.Failures.Select(failure => Line(root, failure.Node, failure.Fault));
        var fetched = Conduct(result).Where(node => node.Standing != NodeStanding.Liar)
            .SelectMany(node => node.Faults.Select(fault => Line(root, node.Node, fault)));
        return [.. asked.Concat(fetched).Distinct()];
    }

    public static IReadOnlyList<NodeLine> Liars(TrustRoot root, UpdateResult result) =>
    [
        .. Conduct(result).Where(node => node.Standing == NodeStanding.Liar)
            .Select(node => Line(root, node.Node, node.Faults.First(fault => fault.IsLie))),
    ];

    public static IReadOnlyList<string> NodesUsed(TrustRoot root, UpdateResult result) =>
        [.. Conduct(result).Where(node => node.Pieces > 0).Select(node => root.Nodes[node.Node].Name)];

    /// <summary>Nodes that evidence in the state folder convicts; null when there is none.</summary>
    public static IReadOnlyList<EvidenceLine>? Evidence(AgentState state)
    {
        EvidenceLine[] lines =
        [
            .. state.Evidence.Convictions().Select(conviction => new EvidenceLine(
                conviction.Evidence.Node, conviction.Contradiction, state.Evidence.FileOf(conviction.Evidence.Node))),
        ];
        return lines is [] ? null : lines;
    }

    public static string NameOf(TimeStanding standing) => standing switch
    {
        TimeStanding.NeverConfirmed => "never-confirmed",
        TimeStanding.Unconfirmed => "unconfirmed",
        TimeStanding.Confirmed => "confirmed",
        TimeStanding.Starved => "starved",
        _ => throw new ArgumentOutOfRangeException(nameof(standing)),
    };

    public static string NameOf(HoldReason reason) => reason switch
    {
        HoldReason.Quarantined => "quarantined",
        HoldReason.Rollout => "rollout",
        HoldReason.KindUnsupported => "kind-unsupported",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    /// <summary>The report of a run that ended otherwise than with a decision to tell or to carry out.</summary>
    public static ErrorReport ErrorOf(AgentSession session, UpdateResult result) => ErrorOf(session.State.Root, result) with
    {
        Evidence = Evidence(session.State),
        Time = session.Time is not TimeStanding.Confirmed and var standing ? NameOf(standing) : null,
    };

    private static ErrorReport ErrorOf(TrustRoot root, UpdateResult result)
    {
        var failures = Failures(root, result);
        return result.Outcome switch
        {
            UpdateOutcome.Decided { Decision: Decision.Refused refused } =>
                Refused(refused.Rejection, $"{refused.Update.Release.Version}: {refused.Rejection.Detail}") with { Failures = failures },
            UpdateOutcome.Refused refused => Refused(refused.Rejection, refused.Rejection.Detail) with { Failures = failures },
            UpdateOutcome.NoQuorum quorum => new ErrorReport(
                new ErrorBody(ExitCode.NoQuorum, quorum.Rejection.Name, quorum.Rejection.Detail, TryLater),
                Answers: quorum.Answers is null ? null : Answers(root, quorum.Answers),
                Failures: quorum.Answers is null ? failures : null),
            UpdateOutcome.NotDownloaded when result.Refusal is { } why => ErrorOf(why) with { Failures = failures },
            UpdateOutcome.NotDownloaded when result.Download?.Outcome == DownloadOutcome.DigestsDisagree => new ErrorReport(
                new ErrorBody(
                    ExitCode.Refused, "digests-disagree", "The bytes fit the signed fs-verity digest but not the signed SHA-256.",
                    "The release contradicts itself; tell its maintainers.")),
            UpdateOutcome.NotDownloaded => new ErrorReport(
                new ErrorBody(
                    ExitCode.Failed, "download-incomplete", "No node is left to ask for the missing pieces.",
                    "What was fetched is kept: the next install goes on from there."),
                Liars: Liars(root, result), Failures: failures),
            UpdateOutcome.KeptChanging => new ErrorReport(
                new ErrorBody(
                    ExitCode.Failed, "channel-kept-changing", "The channel moved to another release during every download.", "Try again later.")),
            UpdateOutcome.Ready or UpdateOutcome.Decided => throw new ArgumentException("This run did not fail.", nameof(result)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>The report of an installation that changed nothing.</summary>
    public static ErrorReport ErrorOf(InstallRefusal why) => why.Reason == InstallRefusalReason.PlaceOccupied
        ? new(new ErrorBody(
            ExitCode.Environment, why.Name, why.Detail, "Nothing was changed. Move it away, or give the agent another --install folder."))
        : new(new ErrorBody(
            ExitCode.Refused, why.Name, why.Detail, "Nothing was changed. docs/protocol.md §9 says what each name means."));

    /// <summary>The report of a version that was current for a while and is not any more.</summary>
    public static ErrorReport ErrorOf(InstallOutcome.RolledBack outcome)
    {
        string now = outcome.To is { } to ? $"{to.Version} is current again" : "nothing is current";
        string output = outcome.Output.Length == 0
            ? ""
            : $" Its last words: {PrintableText.Of(outcome.Output, Quarantine.MaxReasonLength)}";
        string unfinished = outcome.Unfinished is { } left ? $" Not done yet: {left}." : "";
        return new ErrorReport(new ErrorBody(
            ExitCode.Failed, outcome.Why.Name, $"{outcome.Failed.Version} was rolled back, {now}: {outcome.Why.Detail}.{unfinished}{output}",
            "It is quarantined until a higher version comes, or until 'install --lift-quarantine'."));
    }

    private static ErrorReport Refused(Rejection rejection, string message) =>
        new(new ErrorBody(ExitCode.Refused, rejection.Name, message, HintFor(rejection.Reason)));

    private static string HintFor(RejectionReason reason) => reason switch
    {
        RejectionReason.CheckpointForked =>
            "Two quorums contradict each other: more than f nodes are corrupt. Install nothing and call the operators; 'status' names who signed both.",
        RejectionReason.CheckpointRolledBack => "The nodes showed a log older than one seen before. Nothing was changed.",
        RejectionReason.RootOutdated => "The network has a newer trust root, and no node gave it with its proof. Nothing was changed; try again.",
        RejectionReason.ReleaseRevoked => "The maintainers withdrew this release; wait for the next one.",
        RejectionReason.TargetMismatch => "The channel is not for this machine.",
        _ => "Nothing was changed. docs/protocol.md §7 says what each name means.",
    };

    private static IReadOnlyList<NodeLine> Answers(TrustRoot root, NonceAnswers answers) =>
    [
        .. answers.Entries.Select(entry => entry.Fault is { } fault
            ? Line(root, entry.Node, fault)
            : new NodeLine(root.Nodes[entry.Node].Name, root.Nodes[entry.Node].Url, "answered", $"size {entry.Own!.Size}")),
    ];

    private static IReadOnlyList<NodeConduct> Conduct(UpdateResult result) => result.Download?.Conduct ?? [];

    private static NodeLine Line(TrustRoot root, int node, NodeFault fault) =>
        new(root.Nodes[node].Name, root.Nodes[node].Url, fault.Name, fault.Detail);
}
