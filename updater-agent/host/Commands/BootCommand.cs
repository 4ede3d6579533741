using SupplyChain.Protocol.Verification;
using SupplyChain.UpdaterAgent.Core.Installation;
using SupplyChain.UpdaterAgent.Core.Installation.Livepatch;
using SupplyChain.UpdaterAgent.Installation;
using SupplyChain.UpdaterAgent.Installation.Livepatch;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Output.Reports;
using SupplyChain.UpdaterAgent.State;
using SupplyChain.UpdaterAgent.Updating;

namespace SupplyChain.UpdaterAgent.Commands;

/// <summary>
/// <c>boot</c>: run once, early at boot and before there is a network. It loads the confirmed livepatch again, or says why
/// not (docs/protocol.md §9); it asks no node and recovers nothing else.
/// </summary>
internal static class BootCommand
{
    public static async Task<Report> Run(AgentSession session)
    {
        var config = session.State.Config;
        if (session.Kind is not LivepatchKind kind)
        {
            throw new CommandException(
                ExitCode.Usage, "usage", "This agent installs no livepatches: boot has nothing to do.",
                "'updater-agent init --kind livepatch' makes one that does.");
        }

        session.HoldInstall();
        session.State.RequireNewestRoot();
        var outcome = await kind.BootAsync(
            release => session.Installer.IsQuarantined(release.Product, release.Version),
            release => session.Installer.IsVoid(release) || IsRevoked(session.State, release));
        session.Installer.QuarantineGivenUp();
        return outcome is { Failure: { } failure, Placement: { } placed }
            ? Failed(session, placed, failure)
            : new BootReport(
                outcome.Verdict.Name(), config.Product, config.Channel,
                outcome.Placement?.Release.Version.ToString(), outcome.WentDownWith?.Release.Version.ToString());
    }

    private static ErrorReport Failed(AgentSession session, Placement placed, ActivationFailure failure)
    {
        if (!failure.IsVersionsFault) return Outcomes.ErrorOf(failure.Why);

        session.Installer.Condemn(new(placed, failure.Why));
        return Outcomes.ErrorOf(new InstallOutcome.RolledBack(placed.Release, null, failure.Why));
    }

    // By the last bundle that was verified, however long ago: what is known without a network.
    private static bool IsRevoked(AgentState state, InstalledRelease release)
    {
        var request = new UpdateRequest(state.Config.Product, state.Config.Channel);
        return state.LastProof() is { } proof
            && new UpdateVerifier(state.Root).VerifyAgain(proof with { Consistency = null }, request, state.Trusted.LatestTime).TryGet(out var update, out _)
            && update.ReleaseRow.IsRevoked
            && update.ReleaseRow.Id == release.Release;
    }
}
