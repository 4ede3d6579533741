using System.Diagnostics;
using SupplyChain.Protocol.Verification;
using SupplyChain.UpdaterAgent.Core;
using SupplyChain.UpdaterAgent.Core.Policy;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Output.Reports;
using SupplyChain.UpdaterAgent.Updating;

namespace SupplyChain.UpdaterAgent.Commands;

/// <summary><c>check</c>: what the channel offers, from one node's proof; installs nothing.</summary>
internal static class CheckCommand
{
    public static async Task<Report> Run(AgentSession session, Screen screen, CancellationToken stop, bool confirmTime = false)
    {
        long start = Stopwatch.GetTimestamp();
        var state = session.State;
        var result = await session.Run(UpdateGoal.Check, new DownloadDisplay(screen), inTurn: true, stop, confirmTime);
        if (result.Outcome is not UpdateOutcome.Decided { Decision: not Decision.Refused and var decision })
        {
            return Outcomes.ErrorOf(session, result);
        }

        var certified = result.Certified!;
        return new CheckReport
        {
            Status = StatusOf(decision),
            Product = state.Config.Product,
            Channel = state.Config.Channel,
            Installed = session.Installed?.ToString(),
            Available = Offered(decision) is { } update ? LineOf(update) : null,
            Held = decision is Decision.Held held ? Outcomes.NameOf(held.Reason) : null,
            TreeSize = certified.Checkpoint.Size.Value,
            AttestedAt = certified.Time,
            Attestations = certified.Attestations.Count,
            Nodes = state.Root.Nodes.Count,
            RootVersion = state.Root.Version,
            RootExpired = state.RootExpired(session.Clock),
            Requests = session.Traffic.Requests,
            Bytes = session.Traffic.Bytes,
            Milliseconds = Math.Round(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 1),
            Failures = Outcomes.Failures(state.Root, result),
            Evidence = Outcomes.Evidence(state),
            StateDamage = state.Damage,
        };
    }

    private static string StatusOf(Decision decision) => decision switch
    {
        Decision.NothingReleased => "nothing-released",
        Decision.UpToDate => "up-to-date",
        Decision.Install => "update-available",
        Decision.Held => "held",
        _ => throw new UnreachableException(),
    };

    private static VerifiedUpdate? Offered(Decision decision) => decision switch
    {
        Decision.Install install => install.Update,
        Decision.Held held => held.Update,
        _ => null,
    };

    private static ReleaseLine LineOf(VerifiedUpdate update)
    {
        var release = update.Release;
        return new ReleaseLine(
            release.Version.ToString(), release.UpstreamVersion, Lower(release.Severity), Lower(release.Kind),
            update.Payload.Size, update.ReleaseRow.Id.ToHex());
    }

    // The enums' names are the protocol's words.
    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
