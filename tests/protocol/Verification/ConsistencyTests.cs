using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Verification;
using SupplyChain.Tests.Kit;
using static SupplyChain.Protocol.Tests.Verification.Scenario;

namespace SupplyChain.Protocol.Tests.Verification;

public sealed class ConsistencyTests
{
    private static readonly TreeSize First = new(2);

    [Fact]
    public void The_first_checkpoint_an_agent_sees_need_not_extend_anything() =>
        Assert.True(Promoted().Verify().TryGet(out _, out _));

    [Fact]
    public void A_checkpoint_that_extends_the_trusted_one_is_taken()
    {
        var log = Promoted().Log;
        Assert.True(Verify(log.Prove(Now, from: First), trusted: log.CheckpointAt(First)).TryGet(out _, out _));
    }

    [Fact]
    public void The_trusted_checkpoint_itself_is_taken_with_and_without_a_proof()
    {
        var log = Promoted().Log;
        Assert.True(Verify(log.Prove(Now), trusted: log.Checkpoint).TryGet(out _, out _));
        Assert.True(Verify(log.Prove(Now, from: log.Size), trusted: log.Checkpoint).TryGet(out _, out _));
    }

    [Fact]
    public void A_smaller_checkpoint_is_a_rollback()
    {
        var scenario = Promoted();
        var old = scenario.Prove();
        scenario.Log.Seal(Now);

        AssertRejected(RejectionReason.CheckpointRolledBack, Verify(old, trusted: scenario.Log.Checkpoint));
    }

    [Fact]
    public void Another_root_of_the_same_size_is_a_fork()
    {
        var log = Promoted().Log;
        var other = new Checkpoint(TestNetwork.Origin, log.Size, Digest.Of("another history"u8));

        AssertRejected(RejectionReason.CheckpointForked, Verify(log.Prove(Now), trusted: other));
    }

    [Fact]
    public void A_history_without_the_trusted_one_is_refused_whatever_is_shown()
    {
        var scenario = Promoted();
        var otherHistory = new TestLog(Network);
        otherHistory.Append([1]);
        var trusted = otherHistory.Seal(Now);
        scenario.Log.Seal(Now);

        AssertRejected(RejectionReason.ConsistencyInvalid, Verify(scenario.Log.Prove(Now, from: trusted.Size), trusted));
        AssertRejected(RejectionReason.ConsistencyInvalid, Verify(scenario.Prove(), trusted));
    }

    [Fact]
    public void A_proof_from_another_size_does_not_count()
    {
        var log = Promoted().Log;
        AssertRejected(
            RejectionReason.ConsistencyInvalid,
            Verify(log.Prove(Now, from: new TreeSize(1)), trusted: log.CheckpointAt(First)));
    }
}
