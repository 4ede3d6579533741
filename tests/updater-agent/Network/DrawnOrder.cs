namespace SupplyChain.UpdaterAgent.Tests.Network;

/// <summary>Chance that asks the nodes in an order which a test wants.</summary>
internal static class DrawnOrder
{
    /// <summary>The first draw of an order of four begins with this node.</summary>
    public static Random AskingFirst(int node) => new(Enumerable.Range(0, 1_000).First(seed =>
    {
        int[] order = [0, 1, 2, 3];
        new Random(seed).Shuffle(order);
        return order[0] == node;
    }));
}
