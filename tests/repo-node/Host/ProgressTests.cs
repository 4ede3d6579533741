using SupplyChain.RepoNode.Operations.Joining;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Host;

public sealed class ProgressTests
{
    private readonly PeerHeights _heights = new(TestNetwork.Create().Root.Quorum);

    [Fact]
    public void One_liar_among_four_moves_no_height()
    {
        _heights.Hear(0, 1_000_000);
        Assert.Equal(0UL, _heights.Known);
        _heights.Hear(1, 12);
        Assert.Equal(12UL, _heights.Known);
        _heights.Hear(3, 11);
        Assert.Equal(12UL, _heights.Known);
    }

    [Fact]
    public void What_a_peer_says_last_counts()
    {
        _heights.Hear(0, 5);
        _heights.Hear(1, 5);
        _heights.Hear(0, 6);
        _heights.Hear(1, 7);
        Assert.Equal(6UL, _heights.Known);
    }

    [Theory]
    [InlineData(false, 9, 9, 0, 0, "boot-check")]
    [InlineData(true, 8, 9, 0, 0, "catching-up")]
    [InlineData(true, 9, 9, 10, 11, "catching-up")]
    [InlineData(true, 9, 9, 11, 11, "taking-part")]
    public void A_node_says_what_it_waits_for(
        bool maySign, ulong height, ulong known, long bytes, long needed, string phase) =>
        Assert.Equal(phase, new Progress(maySign, height, known, bytes, needed).Phase);
}
