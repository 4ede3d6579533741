namespace SupplyChain.Simulation.Tests;

/// <summary>Four honest nodes in bad weather.</summary>
public sealed class Honest_networks
{
    [Fact]
    public void Agree_through_loss_partitions_and_crashes_make_progress_when_healed_and_fall_silent() =>
        Seeds.Run(10, seed => new Simulation(seed));

    [Fact]
    public void Do_the_same_in_two_runs_of_one_seed()
    {
        static string Trace()
        {
            using var simulation = new Simulation(seed: 7);
            return simulation.Run();
        }

        Assert.Equal(Trace(), Trace());
    }
}
