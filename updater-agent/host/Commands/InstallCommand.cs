using SupplyChain.Protocol.Verification;
using SupplyChain.UpdaterAgent.Core;
using SupplyChain.UpdaterAgent.Core.Installation;
using SupplyChain.UpdaterAgent.Core.Policy;
using SupplyChain.UpdaterAgent.Installation;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Output.Reports;
using SupplyChain.UpdaterAgent.Updating;

namespace SupplyChain.UpdaterAgent.Commands;

/// <summary><c>install</c>: brings the machine to what the channel offers (docs/protocol.md §7, all steps).</summary>
internal static class InstallCommand
{
    /// <param name="session">The agent.</param>
    /// <param name="screen">Shows the download.</param>
    /// <param name="liftQuarantine">Versions that were rolled back may be installed again.</param>
    /// <param name="inTurn">Wait for the machine's place in a rollout.</param>
    /// <param name="stop">Until the switch; the switch itself is brought to its end.</param>
    /// <param name="confirmTime">Ask a quorum for the time, also when nothing is to be installed.</param>
    public static async Task<Report> Run(
        AgentSession session, Screen screen, bool liftQuarantine, bool inTurn, CancellationToken stop, bool confirmTime = false)
    {
        var state = session.State;
        session.HoldInstall();
        var interrupted = await session.Installer.RecoverAsync(stop);
        if (interrupted is InstallOutcome.RolledBack back) return Outcomes.ErrorOf(back);
        if (liftQuarantine) Lift(session);

        var previous = session.Installed;
        var result = await session.Run(UpdateGoal.Install, new DownloadDisplay(screen), inTurn, stop, confirmTime);
        var report = new InstallReport
        {
            Status = "already-installed",
            Product = state.Config.Product,
            Channel = state.Config.Channel,
            Version = previous?.ToString(),
            TreeSize = result.Certified?.Checkpoint.Size.Value ?? 0,
            Failures = Outcomes.Failures(state.Root, result),
            Evidence = Outcomes.Evidence(state),
            StateDamage = state.Damage,
        };
        return result.Outcome switch
        {
            UpdateOutcome.Ready ready => await Install(session, ready.Update, result, report, stop),
            UpdateOutcome.Decided { Decision: Decision.UpToDate } => report,
            UpdateOutcome.Decided { Decision: Decision.NothingReleased } => report with { Status = "nothing-released" },
            UpdateOutcome.Decided { Decision: Decision.Held held } => report with
            {
                Status = "held",
                Version = held.Update.Release.Version.ToString(),
                Held = Outcomes.NameOf(held.Reason),
            },
            _ => Outcomes.ErrorOf(session, result),
        };
    }

    private static async Task<Report> Install(
        AgentSession session, VerifiedUpdate update, UpdateResult result, InstallReport report, CancellationToken stop)
    {
        var (root, download) = (session.State.Root, result.Download!);
        var outcome = await session.Installer.InstallAsync(session.PayloadOf(update), stop);
        if (IsDownloadSpent(outcome)) session.Forget(update.Payload);
        switch (outcome)
        {
            case InstallOutcome.RolledBack rolledBack:
                return Outcomes.ErrorOf(rolledBack);
            case InstallOutcome.Refused refused:
                return Outcomes.ErrorOf(refused.Why);
            default:
                return report with
                {
                    Status = "installed",
                    Version = update.Release.Version.ToString(),
                    Previous = report.Version,
                    Release = update.ReleaseRow.Id.ToHex(),
                    DownloadBytes = download.Bytes,
                    ResumedBytes = download.Resumed,
                    Seconds = Math.Round(download.Lasted.TotalSeconds, 3),
                    NodesUsed = Outcomes.NodesUsed(root, result),
                    Liars = Outcomes.Liars(root, result),
                };
        }
    }

    // It lies in a slot now, or its bytes are no good; what only this machine stood in the way of is kept.
    private static bool IsDownloadSpent(InstallOutcome outcome) => outcome is not InstallOutcome.Refused
    {
        Why.Reason: not (InstallRefusalReason.ArchiveUnsafe or InstallRefusalReason.PayloadMismatch),
    };

    private static void Lift(AgentSession session)
    {
        foreach (var (product, version, _) in session.Installer.Quarantined) session.Installer.Lift(product, version);
    }
}
