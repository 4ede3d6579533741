using SupplyChain.UpdaterAgent.Core.Freshness;
using SupplyChain.UpdaterAgent.Core.Installation;
using SupplyChain.UpdaterAgent.Output.Reports;
using SupplyChain.UpdaterAgent.State;
using SupplyChain.UpdaterAgent.Updating;

namespace SupplyChain.UpdaterAgent.Commands;

/// <summary><c>status</c>: what is here; takes no lock, asks no node and changes nothing.</summary>
internal static class StatusCommand
{
    public static Report Run(StateFolder folder, World world)
    {
        var state = AgentState.Load(folder, world.Disk);
        var installer = AgentSession.InstallerOf(state, world);
        var (config, trusted) = (state.Config, state.Trusted);
        return new StatusReport(
            state.Root.Origin,
            state.Root.Version,
            state.Root.Expires,
            state.RootExpired(world.Clock),
            config.Product,
            config.Channel,
            installer.Installed?.Version.ToString(),
            installer.Installed is { } installed && installer.IsVoid(installed) ? true : null,
            installer.Step?.Name(),
            installer.Fallback?.Version.ToString(),
            trusted.FloorOf(state.Root, config.Product, config.Channel)?.ToString(),
            trusted.Checkpoint?.Size.Value,
            trusted.LatestTime,
            Outcomes.NameOf(NetworkTime.StandingOf(trusted, world.ReadClocks(), state.Root.Freshness.Skew)),
            trusted.Confirmed?.Time,
            Outcomes.Evidence(state),
            [.. installer.Quarantined.Select(one => new QuarantineLine(one.Version.ToString(), one.Reason))],
            state.Damage);
    }
}
