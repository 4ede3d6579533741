using SupplyChain.Protocol;
using SupplyChain.Protocol.Map;
using SupplyChain.Tests.Kit;
using SupplyChain.UpdaterAgent.Tests.Network;

namespace SupplyChain.UpdaterAgent.Tests.Hostile;

/// <summary>Maps that hide which trust root is in force, and files that bring none.</summary>
public sealed class Forged_roots
{
    [Fact]
    public async Task A_map_that_names_another_root_than_ours_is_root_unknown()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        attacked.Show(attacked.Forge(log => log.Set(MapKey.Root(1), new RootRow(0, Digest.Of("another root"u8)).ToBytes())));
        await attacked.Refuses("root-unknown");
    }

    [Fact]
    public async Task A_newer_root_that_nobody_shows_is_root_outdated()
    {
        await using var attacked = await Attacked.WithVersionOne();
        attacked.Network.Rotate(attacked.Network.Root.Next(), attacked.Network.Keys.RootHolders);
        attacked.Tamper((path, honest) => path.StartsWith("trust/", StringComparison.Ordinal) ? FakeNode.Bytes([], System.Net.HttpStatusCode.NotFound) : honest);
        await attacked.Refuses("root-outdated");
    }

    [Fact]
    public async Task A_file_in_the_place_of_the_next_root_that_is_none_is_rotation_malformed()
    {
        await using var attacked = await Attacked.WithVersionOne();
        attacked.Network.Rotate(attacked.Network.Root.Next(), attacked.Network.Keys.RootHolders);
        Func<byte[], byte[]>[] spoilt = [_ => [], honest => honest[..^1], honest => [.. honest, 0], honest => [.. honest.Reverse()]];
        foreach (var spoil in spoilt)
        {
            attacked.Tamper((path, honest) => path.StartsWith("trust/", StringComparison.Ordinal) ? FakeNode.Bytes(spoil(Attacked.BodyOf(honest))) : honest);
            await attacked.Refuses("root-outdated");
            Assert.Equal(["rotation-malformed"], attacked.Faults());
        }

        Assert.Equal(1, (await attacked.Agent.Status()).GetProperty("rootVersion").GetInt32());
    }
}
