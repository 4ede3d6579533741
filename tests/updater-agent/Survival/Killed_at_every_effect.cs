using SupplyChain.Protocol.Trust;
using SupplyChain.Tests.Kit;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Tests.Installation;

namespace SupplyChain.UpdaterAgent.Tests.Survival;

/// <summary>
/// The agent is killed before every single effect of an update: each request to a node and each operation on the disk, be it
/// for the trusted state, the proof, the slot or the journal; and each time once with nothing lost, once with everything
/// lost that was not synced, and once with some of it lost. Then it starts again.
/// </summary>
public sealed class Killed_at_every_effect
{
    private enum Loss
    {
        Nothing,
        AllUnsynced,
        SomeUnsynced,
    }

    [Fact]
    public Task Of_the_first_installation() => KillEverywhere(installedBefore: false);

    [Fact]
    public Task Of_an_update() => KillEverywhere(installedBefore: true);

    [Fact]
    public async Task And_this_test_sees_a_sync_that_is_missing()
    {
        using var update = await RepeatedUpdate.Create(installedBefore: true);
        int broken = 0;
        bool killed = true;
        for (int effects = 0; killed; effects++)
        {
            update.StartOver();
            var disk = new PowerCutDisk(effects, filesAreSynced: false);
            killed = await IsKilled(update, disk, disk.Count);
            disk.LoseUnsynced();
            if (await update.Agent.RunJson("status") != ExitCode.Done) broken++;
        }

        Assert.NotEqual(0, broken);
    }

    private static async Task KillEverywhere(bool installedBefore)
    {
        using var update = await RepeatedUpdate.Create(installedBefore);
        bool killed = true;
        for (int effects = 0; killed; effects++)
        {
            killed = false;
            foreach (var loss in Enum.GetValues<Loss>()) killed |= await Kill(update, effects, loss);
        }
    }

    private static async Task<bool> Kill(RepeatedUpdate update, int effects, Loss loss)
    {
        string when = $"killed before effect {effects}, lost: {loss}";
        update.StartOver();

        // What was synced stays; and what the agent acts on, as when it asks a node, was synced before.
        var durable = update.FirstCopy();
        var disk = new PowerCutDisk(effects)
        {
            DirectorySynced = folder => durable = folder == update.Agent.State.Path ? update.FirstCopy() : durable,
        };
        bool killed = await IsKilled(update, disk, request: () =>
        {
            disk.Count();
            durable = update.FirstCopy();
        });
        if (loss != Loss.Nothing) disk.LoseUnsynced(loss == Loss.SomeUnsynced ? new Random(effects) : null);

        await update.AssertOldOrNew(when);
        AssertNothingOlderTrusted(update.Agent.Network.Root, durable, update.Loaded(), when);
        var status = await update.Agent.Status();
        Assert.Equal(0, status.GetProperty("quarantined").GetArrayLength());
        if (!killed) Assert.Equal("2.0.0", status.GetProperty("installed").GetString());
        await update.AssertGoesOn(when);
        return killed;
    }

    private static async Task<bool> IsKilled(RepeatedUpdate update, PowerCutDisk disk, Action request)
    {
        try
        {
            Assert.Equal(ExitCode.Done, await update.Install(disk, request));
            return false;
        }
        catch (PowerCutException)
        {
            return true;
        }
    }

    private static void AssertNothingOlderTrusted(TrustRoot root, TrustedState durable, TrustedState found, string when)
    {
        Assert.True(found.RootVersion >= durable.RootVersion, when);
        Assert.True(found.LatestTime >= durable.LatestTime, when);
        Assert.True((found.Confirmed?.Time ?? 0) >= (durable.Confirmed?.Time ?? 0), when);
        Assert.True((found.Checkpoint?.Size.Value ?? 0) >= (durable.Checkpoint?.Size.Value ?? 0), when);
        Assert.True(FloorOf(root, found) >= FloorOf(root, durable), when);
    }

    private static Protocol.Statements.ReleaseVersion? FloorOf(TrustRoot root, TrustedState state) =>
        state.FloorOf(root, TestNetwork.Product, TestNetwork.Channel);
}
