using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Fuzz.Tests.Readers;

/// <summary>Real values that several readers' samples are made of.</summary>
internal static class Samples
{
    public static readonly TestNetwork Network = TestNetwork.Create();

    public static readonly Release Release = TestNetwork.ReleaseOf("1.2.0-rc.1") with
    {
        UpstreamVersion = "6.1 \"x\" \\ é",
        Kind = PayloadKind.Livepatch,
        Target = new Target("x86_64", "6.1.0-25-amd64", "00ff00ff"),
    };

    public static readonly Promotion Promotion = TestNetwork.PromotionOf(Release) with
    {
        Rollout = new Rollout([new RolloutStep(0, 10), new RolloutStep(3_600, 1_000)]),
    };

    public static readonly Envelope ReleaseEntry = Network.Sign(Release), PromotionEntry = Network.Sign(Promotion);

    /// <summary>One statement of each predicate.</summary>
    public static IReadOnlyList<Statement> Statements { get; } =
    [
        Release, TestNetwork.ReleaseOf("0.1.0"), Promotion, TestNetwork.RevocationOf(Release), Network.Root.ToRotation(),
        new StateLeaf { Origin = TestNetwork.Origin, Height = 7, Time = 9, MapRoot = Release.Id(), Previous = 3 },
    ];

    public static IEnumerable<byte[]> Envelopes() =>
        [ReleaseEntry.ToBytes(), PromotionEntry.ToBytes(), Network.RootEnvelope.ToBytes(), Envelope.Of(Statements[^1].ToPayload()).ToBytes()];

    /// <summary>A log in which the release is promoted.</summary>
    public static TestLog Log()
    {
        var log = new TestLog(Network);
        log.Accept(Release, ReleaseEntry);
        log.Accept(Promotion, PromotionEntry);
        log.Seal(TestNetwork.Created + 10_000);
        return log;
    }

    public static TrustedState Trusted() => TrustedState.Initial(Network.Root)
        .RaiseFloor(Network.Root, "linux", "stable", TestNetwork.VerifiedOf("1.0.0"))
        .RaiseFloor(Network.Root, "linux", "testing", TestNetwork.VerifiedOf("1.1.0-rc.1"));

    /// <summary>A second root, which marks the key that the first had.</summary>
    public static TrustRoot MarkedRoot() => Network.Root.Next()
        .WithKeyOf(TestNetwork.RoleName, Network.RootHolders)
        .WithMark(TestNetwork.RoleName, version: 1, compromisedAfter: 7);

    public static byte[] Note() => Network.Certify(Log().Checkpoint, TestNetwork.Created);
}
