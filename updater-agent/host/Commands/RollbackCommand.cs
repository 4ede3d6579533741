using SupplyChain.Protocol.Verification;
using SupplyChain.UpdaterAgent.Installation;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Output.Reports;
using SupplyChain.UpdaterAgent.Updating;

namespace SupplyChain.UpdaterAgent.Commands;

/// <summary><c>rollback</c>: back to the version that the current one replaced; asks no node.</summary>
internal static class RollbackCommand
{
    public static async Task<Report> Run(AgentSession session, CancellationToken stop)
    {
        session.HoldInstall();
        session.State.RequireNewestRoot();
        // What a crash interrupted was not healthy: it is rolled back already, and the one before it is not asked to go.
        if (await session.Installer.RecoverAsync(stop) is InstallOutcome.RolledBack back) return Outcomes.ErrorOf(back);

        var (config, fallback) = (session.State.Config, session.Installer.Fallback);
        if (fallback is not null && session.Installer.IsVoid(fallback))
        {
            return new ErrorReport(new ErrorBody(
                ExitCode.Refused, Rejection.NameOf(RejectionReason.KeyCompromised),
                $"{fallback.Product} {fallback.Version}, which the current version replaced, was released or promoted by a compromised key.",
                "'updater-agent install' brings what its channel offers."));
        }

        return await session.Installer.RollBackAsync("rolled back by the operator") switch
        {
            InstallOutcome.RolledBack done => new RollbackReport(
                config.Product, config.Channel, done.Failed.Version.ToString(), done.To?.Version.ToString(), done.Unfinished),
            InstallOutcome.Refused refused => new ErrorReport(new ErrorBody(
                ExitCode.Failed, refused.Why.Name, refused.Why.Detail, "'updater-agent status' shows what is here.")),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}
