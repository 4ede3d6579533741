using SupplyChain.Protocol;
using SupplyChain.Protocol.Equivocation;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;
using SupplyChain.RepoNode.Core.Attestation;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Core.Attestation;

/// <summary>A node that sees another sign two histories makes a proof of it that anybody can judge.</summary>
public sealed class Contradictions_convict
{
    private const long Now = 1_000_000;
    private const byte Liar = 2;

    private static readonly TestNetwork Network = TestNetwork.Create();
    private static readonly MemoryTree Log = MemoryTree.Of(20);
    private static readonly Digest Other = Digest.Of([99]);

    private readonly Cosignatures _gathered = new(Network.Root);

    public Contradictions_convict()
    {
        foreach (ulong size in new ulong[] { 2, 4, 6 }) Extend(size);
    }

    [Fact]
    public void Two_roots_of_one_size_of_the_own_log_in_either_order_and_at_one_time()
    {
        Add(By(Liar, 4));
        Assert.Equal(CosignatureOutcome.Forked, Add(By(Liar, 4, Other)));
        AssertConvicted(4, 4);

        var second = new Contradictions_convict();
        second.Add(By(Liar, 4, Other));
        second.Add(By(Liar, 4));
        second.AssertConvicted(4, 4);
    }

    [Fact]
    public void Another_root_below_what_the_node_cosigns_of_the_own_log()
    {
        Add(By(Liar, 4, Other));
        Assert.Empty(_gathered.Accusations.Take());
        Add(By(Liar, 6));
        AssertConvicted(4, 6);
    }

    [Fact]
    public void Another_root_above_it_once_the_node_goes_on_with_the_own_log()
    {
        Add(By(Liar, 4));
        Add(By(Liar, 6, Other));
        Assert.Empty(_gathered.Accusations.Take());
        Extend(9);
        Add(By(Liar, 9));
        AssertConvicted(6, 9);
    }

    [Fact]
    public void Two_roots_of_one_size_that_the_own_log_has_not_reached()
    {
        Add(By(Liar, 12));
        Add(By(Liar, 12, Other));
        AssertConvicted(12, 12);
    }

    [Fact]
    public void One_that_came_early_and_turns_out_to_be_on_another_history()
    {
        Add(By(Liar, 9, Other));
        Add(By(Liar, 6));
        Extend(9);
        Assert.Empty(_gathered.Accusations.Take());
        Extend(12);
        Add(By(Liar, 12));
        AssertConvicted(9, 12);
    }

    [Fact]
    public void A_node_that_follows_another_history_and_never_the_own_log_contradicts_only_us()
    {
        foreach (ulong size in new ulong[] { 4, 6 }) Add(By(Liar, size, Other));
        Assert.Empty(_gathered.Accusations.Take());
    }

    [Fact]
    public void A_prefix_at_a_size_without_a_checkpoint_convicts_nobody_and_hides_nothing()
    {
        Add(By(Liar, 6));
        Add(By(Liar, 5));
        Assert.Equal(CosignatureOutcome.Forked, Add(By(Liar, 3)));
        foreach (var harmless in _gathered.Accusations.Take())
        {
            Assert.False(Judge(harmless, out _));
            _gathered.Accusations.Dismiss(harmless);
        }

        Add(By(Liar, 4, Other));
        AssertConvicted(4, 6);
    }

    [Fact]
    public void A_root_beside_the_own_log_is_told_once_whoever_repeats_it_and_few_of_one_node()
    {
        Assert.Equal(CosignatureOutcome.Forked, Add(By(Liar, 4, Other)));
        Assert.Equal(CosignatureOutcome.Ignored, Add(By(Liar, 4, Other)));
        Assert.Equal(CosignatureOutcome.Forked, Add(By(1, 4, Other)));
        int told = Enumerable.Range(100, 40).Count(i => Add(By(Liar, 6, Digest.Of([(byte)i]))) == CosignatureOutcome.Forked);
        Assert.Equal(7, told);
    }

    [Fact]
    public void Early_roots_of_another_history_are_told_once_too()
    {
        Add(By(Liar, 9, Other));
        Assert.Single(_gathered.Extend(9, Log.RootAt(new TreeSize(9))));
        Assert.Equal(CosignatureOutcome.Ignored, Add(By(Liar, 9, Other)));
    }

    [Fact]
    public void Whoever_is_convicted_is_accused_no_more_and_others_still_are()
    {
        Add(By(Liar, 4));
        Add(By(Liar, 4, Other));
        AssertConvicted(4, 4);
        _gathered.Accusations.Close(Liar);
        Add(By(Liar, 4, Digest.Of([98])));
        Add(By(Liar, 6));
        Assert.Empty(_gathered.Accusations.Take());

        Add(By(1, 4));
        Add(By(1, 4, Other));
        Assert.Single(_gathered.Accusations.Take());
    }

    [Fact]
    public void Honest_nodes_are_never_accused()
    {
        foreach (ulong size in new ulong[] { 2, 4, 6, 12 })
        {
            for (byte node = 0; node < 4; node++)
            {
                Add(By(node, size));
                Add(By(node, size) with { Node = (byte)((node + 1) % 4) });
            }
        }

        Extend(12);
        Assert.Empty(_gathered.Accusations.Take());
        Assert.Equal(12UL, _gathered.Certified?.Size.Value);
    }

    [Fact]
    public void A_cosignature_on_an_empty_log_is_none() =>
        Assert.Equal(CosignatureOutcome.Forged, Add(By(Liar, 0, NodeHash.EmptyRoot)));

    private void Extend(ulong size) => _gathered.Extend(size, Log.RootAt(new TreeSize(size)));

    private CosignatureOutcome Add(CosignatureGossip cosignature) => _gathered.Add(cosignature);

    private void AssertConvicted(ulong smaller, ulong larger)
    {
        var accusation = Assert.Single(_gathered.Accusations.Take());
        Assert.Equal((smaller, larger), (accusation.Smaller.Size, accusation.Larger.Size));
        Assert.True(Judge(accusation, out var conviction));
        Assert.Equal(Liar, conviction!.Node);
    }

    private bool Judge(Accusation accusation, out Conviction? conviction)
    {
        var evidence = _gathered.Accusations.ToEvidence(accusation, _ => Log);
        Assert.NotNull(evidence);
        return evidence.Judge(Network.Root).TryGet(out conviction, out _);
    }

    private static CosignatureGossip By(byte node, ulong size, Digest? root = null)
    {
        var checkpoint = new Checkpoint(
            TestNetwork.Origin, new TreeSize(size), root ?? Log.RootAt(new TreeSize(size)));
        Assert.True(Cosignature.TryRead(Network.Nodes[node].Attest(checkpoint, Now), out _, out var signature));
        return new CosignatureGossip(size, checkpoint.Root, node, Now, new VoteSignature(signature));
    }
}
