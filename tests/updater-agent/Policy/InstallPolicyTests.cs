using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Verification;
using SupplyChain.Tests.Kit;
using SupplyChain.UpdaterAgent.Core.Policy;
using SupplyChain.UpdaterAgent.Tests.Network;

namespace SupplyChain.UpdaterAgent.Tests.Policy;

public sealed class InstallPolicyTests : IDisposable
{
    private static readonly Situation Bare = new() { Machine = new MachineFacts("x86_64", "6.1.0-test") };

    private readonly FakeNetwork _network = new();

    [Fact]
    public void A_machine_with_nothing_installs_what_is_offered() => Assert.IsType<Decision.Install>(Decide(Bare));

    [Theory]
    [InlineData("1.9.9", typeof(Decision.Install))]
    [InlineData("2.0.0-rc.1", typeof(Decision.Install))]
    [InlineData("2.0.0", typeof(Decision.UpToDate))]
    [InlineData("2.0.1", typeof(Decision.UpToDate))]
    public void Only_a_higher_version_replaces_what_is_installed(string installed, Type decision) =>
        Assert.IsType(decision, Decide(Bare with { Installed = Version(installed) }));

    [Theory]
    [InlineData("2.0.0", false)]
    [InlineData("2.0.1", true)]
    public void A_version_below_the_floor_is_refused(string floor, bool refused)
    {
        var decision = Decide(Bare, floor: Version(floor));
        Assert.Equal(refused, decision is Decision.Refused);
        if (decision is Decision.Refused because) Assert.Equal(RejectionReason.VersionBelowFloor, because.Rejection.Reason);
    }

    [Fact]
    public void A_revoked_release_is_refused_even_where_it_is_installed()
    {
        var update = Verified(release => release, revoke: true);
        var decision = InstallPolicy.Decide(update, Bare with { Installed = Version("2.0.0") }, null, _network.Now);
        Assert.Equal(RejectionReason.ReleaseRevoked, Assert.IsType<Decision.Refused>(decision).Rejection.Reason);
    }

    [Theory]
    [InlineData("aarch64", null, null)]
    [InlineData(null, "6.2.0", null)]
    [InlineData(null, null, "abcd")]
    public void A_release_for_another_machine_is_refused(string? architecture, string? kernel, string? buildId)
    {
        var update = Verified(release => release with { Target = new Target(architecture, kernel, buildId) });
        var decision = InstallPolicy.Decide(update, Bare, null, _network.Now);
        Assert.Equal(RejectionReason.TargetMismatch, Assert.IsType<Decision.Refused>(decision).Rejection.Reason);
    }

    [Fact]
    public void A_version_that_was_rolled_back_is_held() =>
        Assert.Equal(HoldReason.Quarantined, Assert.IsType<Decision.Held>(Decide(Bare with { Quarantined = [Version("2.0.0")] })).Reason);

    [Fact]
    public void A_kind_that_this_agent_does_not_install_is_held() =>
        Assert.Equal(HoldReason.KindUnsupported, Assert.IsType<Decision.Held>(Decide(Bare with { Kinds = [PayloadKind.Deb] })).Reason);

    [Fact]
    public void A_rollout_comes_to_about_its_share_of_machines_and_then_to_all()
    {
        var update = Verified(release => release, rollout: new Rollout([new RolloutStep(0, 250), new RolloutStep(86_400, 1000)]));
        int early = Machines().Count(machine => InstallPolicy.Decide(update, machine, null, update.Promotion.Time + 86_399) is Decision.Install);
        Assert.InRange(early, 200, 300);
        Assert.All(Machines(), machine => Assert.IsType<Decision.Install>(InstallPolicy.Decide(update, machine, null, update.Promotion.Time + 86_400)));
    }

    [Fact]
    public void A_person_who_asks_does_not_wait_for_the_rollout()
    {
        var update = Verified(release => release, rollout: new Rollout([new RolloutStep(0, 1)]));
        Assert.IsType<Decision.Install>(InstallPolicy.Decide(update, Bare, null, update.Promotion.Time));
    }

    public void Dispose() => _network.Dispose();

    private static IEnumerable<Situation> Machines() => Enumerable.Range(0, 1000).Select(machine => Bare with { Cohort = (uint)machine });

    private Decision Decide(Situation situation, ReleaseVersion? floor = null) =>
        InstallPolicy.Decide(Verified(release => release), situation, floor, _network.Now);

    private VerifiedUpdate Verified(Func<Release, Release> change, bool revoke = false, Rollout? rollout = null)
    {
        var release = _network.Offer("2.0.0", "two"u8.ToArray(), change);
        if (rollout is not null) _network.Publish(TestNetwork.PromotionOf(release) with { Rollout = rollout });
        if (revoke) _network.Revoke(release);
        var proof = _network.Log.Prove(_network.Now);
        var verdict = new UpdateVerifier(_network.Root).Verify(proof, new UpdateRequest(TestNetwork.Product, TestNetwork.Channel), _network.Now);
        Assert.True(verdict.TryGet(out var update, out var rejection), rejection?.ToString());
        return update!;
    }

    private static ReleaseVersion Version(string text) => TestNetwork.Version(text);
}
