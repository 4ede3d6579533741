using SupplyChain.Protocol;
using SupplyChain.Protocol.Nonces;
using SupplyChain.RepoNode.Core.Attestation;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Core.Attestation;

/// <summary>What a node says to nonces is what its signing journal says, and its clock.</summary>
public sealed class Nonces_are_answered
{
    private const long Now = 1_000_000;

    private static readonly TestNode Node = new(0);
    private static readonly NonceSigner Signer = new(TestNetwork.Origin, Node.AttestationKey);
    private static readonly JournalRecord.CosignedCheckpoint Newest = new(9, Digest.Of([9]), Now);
    private static readonly Nonce[] Nonces = [.. Enumerable.Range(0, 3).Select(i => new Nonce(Digest.Of([(byte)i]).AsSpan()))];

    [Fact]
    public void Each_in_its_place_with_the_newest_cosigned_checkpoint_and_the_time()
    {
        var answers = Signer.Answer(Newest, Now + 5, Nonces);
        for (int i = 0; i < Nonces.Length; i++)
        {
            Assert.True(answers[i].TryVerify(Node.AttestationKey.PublicKey, TestNetwork.Origin, Nonces[i], out var said));
            Assert.Equal((9UL, Newest.Root, Now + 5), (said.Newest.Size.Value, said.Newest.Root, said.Time));
        }
    }

    [Fact]
    public void A_node_bound_by_a_stamp_that_is_ahead_still_says_what_its_clock_says() =>
        Assert.Equal(Now - 500, Signer.Answer(Newest, Now - 500, Nonces)[0].Time);
}
