using SupplyChain.Simulation.Tests.Adversaries;
using SupplyChain.Simulation.Tests.World;

namespace SupplyChain.Simulation.Tests;

/// <summary>
/// f + 1 nodes that run on two machines each, in a network of two halves: nothing can keep the halves from two
/// histories, but what was said convicts those who made them, and nobody else.
/// </summary>
public sealed class Too_many_liars
{
    [Theory]
    [InlineData(4)]
    [InlineData(7)]
    public void Make_two_certified_histories_and_at_least_f_plus_one_of_them_are_convicted(int nodes)
    {
        int tooMany = (nodes - 1) / 3 + 1;
        int forks = 0;
        for (int seed = 0; seed < 4; seed++)
        {
            var complaints = new List<string>();
            using var network = new SimulatedNetwork(
                new Scenario(seed, nodes, []), Enumerable.Repeat(Liars.Make("two-faced"), tooMany), complaints.Add);
            bool IsHonest(int node) => network.Nodes[node].IsHonest;
            network.Weather.Part((from, to) => IsHonest(from) && IsHonest(to)
                && TwoFaced.FaceFor(network, from) != TwoFaced.FaceFor(network, to));
            network.RunStorm();

            var culprits = network.Oracle.Accusations.Culprits();
            Assert.DoesNotContain(culprits, culprit => IsHonest(culprit));
            bool isForked = complaints.Exists(
                said => said.Contains("certifies what is no prefix", StringComparison.Ordinal));
            if (!isForked) continue;

            forks++;
            Assert.True(culprits.Count >= tooMany, $"seed {seed} convicts {culprits.Count} of {tooMany}");
        }

        Assert.True(forks > 0, "no seed led to two certified histories");
    }
}
