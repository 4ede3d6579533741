using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;
using SupplyChain.Protocol.Verification;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Core.Ledger;

/// <summary>
/// The whole recovery from a stolen key between the ledger and the rules that agents verify by: forged release, rotation with a mark, and
/// the honest release in the forged one's place.
/// </summary>
public sealed class What_agents_make_of_a_recovery : LedgerUnderTheft
{
    private const long Now = TestNetwork.Created + 200_000;

    private static readonly UpdateRequest Request = new(TestNetwork.Product, TestNetwork.Channel);
    private static readonly MachineFacts Machine = new("x86_64", "6.1.0-test");

    private TrustRoot _root = Network.Root;
    private TrustedState _state = TrustedState.Initial(Network.Root);
    private ReleaseVersion? _installed;

    [Fact]
    public void An_agent_that_has_the_forged_release_takes_the_honest_one_with_the_forged_one_s_sequence()
    {
        ulong mark = Steal();
        Assert.Null(Update());
        Assert.Equal(Forged.Version, _installed);
        var forged = Apart.Prove(Now);

        Rotate(mark);
        Assert.Equal(RejectionReason.RootOutdated, Update()?.Reason);
        Walk();
        Take(Renewed, Honest);
        Take(Renewed, HonestPromoted);
        Assert.Equal(Forged.Sequence, Honest.Sequence);
        Assert.Null(Update());
        Assert.Equal(Honest.Version, _installed);

        // What the thief could still show: the past, which names no root that is in use.
        Assert.False(new UpdateVerifier(_root).Verify(forged, Request, Now).TryGet(out _, out var rejection));
        Assert.Equal(RejectionReason.RootUnknown, rejection.Reason);
    }

    [Fact]
    public void An_agent_that_never_saw_the_forged_release_goes_on_as_if_nothing_had_happened()
    {
        Take(Stolen, First);
        Take(Stolen, FirstPromoted);
        Assert.Null(Update());
        ulong mark = Ledger.Size - 1;
        Take(Stolen, Forged);
        Take(Stolen, ForgedPromoted);
        Rotate(mark);
        Walk();
        Assert.Equal(RejectionReason.NotNewer, Update()?.Reason);
        Take(Renewed, Honest);
        Take(Renewed, HonestPromoted);
        Assert.Null(Update());
    }

    [Fact]
    public void A_mark_that_comes_down_later_takes_back_more_and_no_more()
    {
        ulong mark = Steal();
        Assert.Null(Update());
        Rotate(Ledger.Size - 1);
        Walk();
        Assert.Equal(RejectionReason.NotNewer, Update()?.Reason);
        Rotate(mark);
        Walk();
        Assert.Null(Update());
        Assert.Equal(First.Version, _installed);
        Assert.Equal(First.Version, _state.FloorOf(_root, TestNetwork.Product, TestNetwork.Channel));
    }

    // Step 2 of docs/protocol.md §7.
    private void Walk()
    {
        var file = Apart.ProveRoot(_root.Version + 1, Now).ToBytes();
        Assert.True(RootUpdate.Follow(_root, file).TryGet(out var adopted, out var rejection), rejection?.ToString());
        _root = adopted.Root;
    }

    // Steps 3 to 10, and the installation.
    private Rejection? Update()
    {
        if (!new UpdateVerifier(_root).Verify(Apart.Prove(Now), Request, Now).TryGet(out var update, out var rejection)) return rejection;

        var floor = _state.FloorOf(_root, TestNetwork.Product, TestNetwork.Channel);
        _state = _state.Advance(update.Map.Certified).Adopt(_root)
            .RaiseFloor(_root, TestNetwork.Product, TestNetwork.Channel, update.Version, _installed);
        bool isVoid = _installed is not null && _state.IsVoid(_root, TestNetwork.Product, _installed);
        if (new UpdatePolicy(Machine, floor, isVoid ? null : _installed).Check(update) is { } refused) return refused;

        _installed = update.Release.Version;
        return null;
    }
}
