using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Tests.Equivocation;
using SupplyChain.Protocol.Tests.Map;
using SupplyChain.Protocol.Tests.Nonces;
using SupplyChain.Protocol.Tests.Statements;
using SupplyChain.Protocol.Trust;
using SupplyChain.Protocol.Verification;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Protocol.Tests.Verification;

/// <summary>One hash over many values of each format: a format never changes by accident.</summary>
public sealed class WireLockTests
{
    private static readonly TestNetwork Network = TestNetwork.Create();

    public static TheoryData<string, string> Locks => new()
    {
        { "release", "c782b5b1ba281c114acd992d10129344bb147ee69061dba2827b9ddfdb3fb7f7" },
        { "promotion", "52352213917649a6c61da17b5fc72b63b0ebd053f9e00292cc5fcaceed78958b" },
        { "revocation", "2109165e1af00303888c962415925d1eb9d2df38975be13a04a5b1038723e453" },
        { "rotation", "4a6fd32abecf742c77300c129a3289d9e700a9bf8fec3d5ff0d49a9fcc5409df" },
        { "state", "53a1853b806ff68792c85d60e8c814a0dc3b85878ab2e9816ac66a0ae9e536dc" },
        { "envelope", "93ffd8629ccaf6f26b0f652c7efc295d7c48ed2fb6e2e378907855845477b78b" },
        { "map rows", "037597b50968cb862dfdab8d57b34006d11d2c59b4206cb9eefdc24d356838e6" },
        { "map proof", "7d3e36f38d2c75ebfd8b8666e1ef71418abd659f3398abedff25cb6536efc240" },
        { "trust root", "7662a146fd98acb6d8189172c9fd2d6255881e047c13f6ff11eac84647096807" },
        { "marked trust root", "6f7e405f1a89bdae96dd1103b24a449504f58cc9d8aa3e3fd8ffd4c81fcd9270" },
        { "trust policy", "76217d99d69f9309ed50b021831446f057b99c66f8eeaae001639876d3fdd6cb" },
        { "trusted state", "5b612397efe70e53d59ae9c121b77d1fd1739caf83a0deacae231605a9f4329f" },
        { "nonce answer", "2c1898d99f71457fd661efb4c25f2ec969e53344d502ba74855efefc8eebbca3" },
        { "evidence", "910c99954adb2254d30eab551b65b6c1f221ba3663168ffbb8e28fe702a181d4" },
        { "confirmed state", "1a4e43e8bb2582c2254b8f73336aff63ecd14688c79a805c898cfe17b1f66d89" },
        { "update", "4cc6af51f2778a28ee5299543314b2dc0598b9b3480e65673682bdc509fba739" },
        { "root update", "2bd4f4eac5f2af9f3b2ecba7233cb995f03059b0a1746d656358c483f285e46f" },
        { "map answer", "121605e67548d767f479d832f056eccee14b074b9638a29ae1f78e0e8dac546c" },
    };

    [Theory]
    [MemberData(nameof(Locks))]
    public void A_format_keeps_its_bytes(string format, string expected)
    {
        var writer = new ByteWriter();
        for (int seed = 0; seed < 50; seed++) writer.Bytes32(Sample(format, new Random(seed)));

        string actual = Digest.Of(writer.WrittenSpan).ToHex();
        Assert.True(string.Equals(expected, actual, StringComparison.Ordinal), $"{format} has changed to {actual}");
    }

    private static byte[] Sample(string format, Random random) => format switch
    {
        "release" => RandomStatements.Release(random).ToPayload(),
        "promotion" => RandomStatements.Promotion(random).ToPayload(),
        "revocation" => RandomStatements.Revocation(random).ToPayload(),
        "rotation" => RandomRoot(random).ToRotation().ToPayload(),
        "state" => RandomStatements.State(random).ToEntry(),
        "envelope" => RandomStatements.Envelope(random).ToBytes(),
        "map rows" => RandomRows(random),
        "map proof" => RandomProof(random).ToBytes(),
        "trust root" => RandomRoot(random).ToBytes(),
        "marked trust root" => RandomMarkedRoot(random).ToBytes(),
        "trust policy" => System.Text.Encoding.UTF8.GetBytes(TrustPolicy.Write(RandomRoot(random))),
        "confirmed state" => TrustedState.Initial(RandomRoot(random))
            .Confirm(new Confirmation(RandomStatements.Hash(random), random.Next(), random.Next(), TestNetwork.Created + random.Next(1_000)))
            .ToBytes(),
        "trusted state" => TrustedState.Initial(RandomRoot(random))
            .RaiseFloor(Network.Root, RandomStatements.Name(random), "stable", RandomVerified(random))
            .RaiseFloor(Network.Root, RandomStatements.Name(random), "stable", RandomVerified(random))
            .ToBytes(),
        "nonce answer" => NonceAnswerTests.Random(random).ToBytes(),
        "evidence" => EvidenceTests.Random(random).ToBytes(),
        "update" => RandomLog(random).Prove(TestNetwork.Created, from: new TreeSize(2)).ToBytes(),
        "root update" => RandomRootUpdate(random).ToBytes(),
        "map answer" => RandomAnswer(random).ToBytes(),
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    private static TrustRoot RandomRoot(Random random) => Network.Root with
    {
        Expires = TestNetwork.Created + 1 + random.Next(),
        Nodes = [.. Network.Root.Nodes.Select(node => node with { TransportPin = RandomStatements.Hash(random) })],
        Freshness = new Freshness(1_000 + random.Next(1_000), random.Next(100), 1 + random.Next(100)),
    };

    private static TrustRoot RandomMarkedRoot(Random random) => (RandomRoot(random) with { Version = 1 + (ulong)random.Next(1, 1_000) })
        .WithKeyOf(TestNetwork.RoleName, Network.RootHolders)
        .WithMark(TestNetwork.RoleName, version: 1, (ulong)random.NextInt64(1L << 53));

    private static VerifiedVersion RandomVerified(Random random)
    {
        LogPlace Place() => new((ulong)random.Next(), 1 + (ulong)random.Next(9));
        return new VerifiedVersion(RandomStatements.Version(random), Place(), Place());
    }

    private static byte[] RandomRows(Random random)
    {
        ulong Index() => (ulong)random.NextInt64(1L << 53);
        Digest Id() => RandomStatements.Hash(random);
        var role = Network.Root.Roles[random.Next(2)];
        return
        [
            .. new RootRow(Index(), Id()).ToBytes(),
            .. new RoleRow(role.Key, role.Threshold).ToBytes(),
            .. new ProductRow(RandomStatements.Name(random), Index(), Index(), Id(), random.Next()).ToBytes(),
            .. new ReleaseRow(Index(), Id(), Index(), random.Next(2) == 0 ? null : Index()).ToBytes(),
            .. new ArtifactRow(Index()).ToBytes(),
            .. new ChannelRow(Index(), Id(), RandomStatements.Version(random), Index(), random.Next(), Index()).ToBytes(),
            .. new StatementRow(Index()).ToBytes(),
        ];
    }

    private static MapProof RandomProof(Random random) =>
        MapTreeTests.Fill(MapTreeTests.RandomRows(random, random.Next(20))).Prove(MapTreeTests.RandomKey(random));

    // Its entries are not signed: that is another format's matter, and takes long.
    private static TestLog RandomLog(Random random)
    {
        var log = new TestLog(Network);
        var release = TestNetwork.ReleaseOf(RandomStatements.Version(random).ToString());
        if (random.Next(4) > 0)
        {
            log.Accept(release, Envelope.Of(release.ToPayload()));
            var promotion = TestNetwork.PromotionOf(release);
            log.Accept(promotion, Envelope.Of(promotion.ToPayload()));
        }

        log.Seal(TestNetwork.Created + random.Next(1_000));
        return log;
    }

    private static RootUpdate RandomRootUpdate(Random random)
    {
        var log = RandomLog(random);
        var next = RandomRoot(random) with { Version = 2 };
        log.Accept(next.ToRotation(), Envelope.Of(next.ToRotation().ToPayload()));
        log.Seal(TestNetwork.Created + random.Next(1_000));
        return log.ProveRoot(2, TestNetwork.Created);
    }

    private static MapAnswer RandomAnswer(Random random)
    {
        var log = RandomLog(random);
        var key = random.Next(2) == 0 ? MapKey.Root(1) : MapTreeTests.RandomKey(random);
        return new MapAnswer(
            Network.Certify(log.Checkpoint, TestNetwork.Created), log.Include(log.Size.Value - 1), ProvenRow.Of(log.Map, key));
    }
}
