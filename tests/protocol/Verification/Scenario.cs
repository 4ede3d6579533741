using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Verification;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Protocol.Tests.Verification;

/// <summary>A log with one release, promoted and sealed, from which tests depart to do harm.</summary>
internal sealed class Scenario
{
    public const long Now = TestNetwork.Created + 10_000;

    public static readonly TestNetwork Network = TestNetwork.Create();

    public static readonly Release TheRelease = TestNetwork.ReleaseOf("1.2.0");

    public static readonly Promotion ThePromotion = TestNetwork.PromotionOf(TheRelease);

    // Threshold signatures take long; these are used by most tests.
    public static readonly Envelope ReleaseEntry = Network.Sign(TheRelease), PromotionEntry = Network.Sign(ThePromotion);

    public static readonly UpdateRequest Request = new(TestNetwork.Product, TestNetwork.Channel);

    public static UpdateVerifier Verifier { get; } = new(Network.Root);

    public TestLog Log { get; } = new(Network);

    public static Scenario Promoted()
    {
        var scenario = new Scenario();
        scenario.Log.Accept(TheRelease, ReleaseEntry);
        scenario.Log.Accept(ThePromotion, PromotionEntry);
        scenario.Log.Seal(Now);
        return scenario;
    }

    public UpdateProof Prove() => Log.Prove(Now);

    public Verdict<VerifiedUpdate> Verify() => Verify(Prove());

    public static Verdict<VerifiedUpdate> Verify(UpdateProof proof, Checkpoint? trusted = null) =>
        Verifier.Verify(proof, Request with { Trusted = trusted }, Now);

    public static void AssertRejected<T>(RejectionReason reason, Verdict<T> verdict)
        where T : class
    {
        Assert.False(verdict.TryGet(out _, out var rejection), "it was accepted");
        Assert.True(reason == rejection.Reason, $"expected {Rejection.NameOf(reason)}, and got {rejection}");
    }
}
