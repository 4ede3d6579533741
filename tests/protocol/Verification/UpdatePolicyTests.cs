using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Verification;
using SupplyChain.Tests.Kit;
using static SupplyChain.Protocol.Tests.Verification.Scenario;

namespace SupplyChain.Protocol.Tests.Verification;

public sealed class UpdatePolicyTests
{
    private static readonly MachineFacts Machine = new("x86_64", "6.1.0-25-amd64", "00ff");

    private static readonly VerifiedUpdate Plain = Verified(TheRelease);

    [Fact]
    public void A_release_above_the_installed_one_passes()
    {
        Assert.Null(new UpdatePolicy(Machine).Check(Plain));
        Assert.Null(new UpdatePolicy(Machine, Floor: TheRelease.Version, Installed: TestNetwork.Version("1.1.9")).Check(Plain));
    }

    [Fact]
    public void A_revoked_release_is_refused()
    {
        var scenario = Promoted();
        scenario.Log.Accept(TestNetwork.RevocationOf(TheRelease));
        scenario.Log.Seal(Now);
        Assert.True(scenario.Verify().TryGet(out var update, out _));

        Assert.Equal(RejectionReason.ReleaseRevoked, new UpdatePolicy(Machine).Check(update)?.Reason);
    }

    [Fact]
    public void A_version_below_the_floor_is_refused() => Assert.Equal(
        RejectionReason.VersionBelowFloor,
        new UpdatePolicy(Machine, Floor: TestNetwork.Version("1.2.1")).Check(Plain)?.Reason);

    [Theory]
    [InlineData("1.2.0")]
    [InlineData("1.10.0")]
    [InlineData("2.0.0-alpha")]
    public void A_version_not_above_the_installed_one_is_refused(string installed) => Assert.Equal(
        RejectionReason.NotNewer,
        new UpdatePolicy(Machine, Installed: TestNetwork.Version(installed)).Check(Plain)?.Reason);

    [Fact]
    public void A_release_for_another_machine_is_refused()
    {
        Target[] others =
        [
            new(Architecture: "aarch64"),
            new(KernelRelease: "6.1.0-26-amd64"),
            new(BuildId: "00fe"),
            new("x86_64", "6.1.0-25-amd64", "01ff"),
        ];
        foreach (var target in others)
            Assert.Equal(RejectionReason.TargetMismatch, new UpdatePolicy(Machine).Check(Verified(TheRelease with { Target = target }))?.Reason);
    }

    [Fact]
    public void A_release_for_exactly_this_machine_passes_unless_the_machine_cannot_tell()
    {
        var update = Verified(TheRelease with { Target = new Target("x86_64", "6.1.0-25-amd64", "00ff") });

        Assert.Null(new UpdatePolicy(Machine).Check(update));
        Assert.Equal(RejectionReason.TargetMismatch, new UpdatePolicy(Machine with { BuildId = null }).Check(update)?.Reason);
    }

    private static VerifiedUpdate Verified(Release release)
    {
        var scenario = new Scenario();
        scenario.Log.Accept(release);
        scenario.Log.Accept(TestNetwork.PromotionOf(release));
        scenario.Log.Seal(Now);
        Assert.True(scenario.Verify().TryGet(out var update, out var rejection), $"{rejection}");
        return update;
    }
}
