namespace SupplyChain.EndToEnd.Tests;

/// <summary>Processes that are killed at any moment come back with the same history, and nothing is lost.</summary>
public sealed class Nodes_survive_kill_9 : SurvivalTest
{
    [Fact]
    public async Task One_node_killed_again_and_again_while_statements_come_in()
    {
        var random = new Random(20261125);
        for (int round = 0; round < 8; round++)
        {
            int victim = round % Network.Nodes.Count;
            var submitting = Releases.SubmitAsync(Network.Nodes[(victim + 1) % Network.Nodes.Count], count: 3);
            await Task.Delay(random.Next(400));
            await Network.Nodes[victim].KillAsync();
            await Log.LookAsync();

            // What is submitted may rest on what only the victim has accepted so far.
            Network.Start(victim);
            await submitting;
        }

        await Log.AgreesOnAsync(Releases.Ids);
    }

    [Fact]
    public async Task All_nodes_killed_at_once_again_and_again()
    {
        var random = new Random(20261126);
        for (int round = 0; round < 4; round++)
        {
            await Releases.SubmitAsync(Network.Nodes[round % Network.Nodes.Count], count: 2);
            await Task.Delay(random.Next(300));
            await Task.WhenAll(Network.Nodes.Select(node => node.KillAsync()));
            for (int node = 0; node < Network.Nodes.Count; node++) Network.Start(node);
            await Log.AgreesOnAsync(Releases.Ids);
        }
    }
}
