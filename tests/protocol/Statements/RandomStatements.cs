using SupplyChain.Protocol.Statements;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Protocol.Tests.Statements;

/// <summary>Statements of every shape that the rules allow.</summary>
internal static class RandomStatements
{
    public static Release Release(Random random)
    {
        var kind = Pick(random, Enum.GetValues<PayloadKind>());
        return new Release
        {
            Origin = TestNetwork.Origin,
            Product = Name(random),
            Version = Version(random),
            UpstreamVersion = Maybe(random, () => Text(random, 30)),
            Sequence = 1 + (ulong)random.NextInt64(1L << 50),
            Previous = Hash(random),
            Time = random.NextInt64(1L << 53),
            Severity = Pick(random, Enum.GetValues<Severity>()),
            Kind = kind,
            Format = kind is PayloadKind.Tree or PayloadKind.Hook ? Pick(random, Enum.GetValues<PayloadFormat>()) : PayloadFormat.File,
            Target = kind == PayloadKind.Livepatch
                ? new Target("x86_64", "6.1.0-25-amd64", Hash(random).ToHex()[..40])
                : new Target(Maybe(random, () => "aarch64"), Maybe(random, () => "6.1.0+rt"), Maybe(random, () => "00ff")),
            Artifacts = [.. Enumerable.Range(0, 1 + random.Next(4)).Select(i => Artifact(random, i))],
        };
    }

    public static Promotion Promotion(Random random) => new()
    {
        Origin = TestNetwork.Origin,
        Product = Name(random),
        Channel = Name(random),
        Version = Version(random),
        Time = random.NextInt64(1L << 53),
        Rollout = Rollout(random),
        Previous = Hash(random),
        Release = Hash(random),
    };

    public static Revocation Revocation(Random random) => new()
    {
        Origin = TestNetwork.Origin,
        Product = Name(random),
        Version = Version(random),
        Time = random.NextInt64(1L << 53),
        Reason = Text(random, 100),
        Replacement = random.Next(2) == 0 ? null : Version(random),
        Release = Hash(random),
    };

    public static StateLeaf State(Random random) => new()
    {
        Origin = TestNetwork.Origin,
        Height = (ulong)random.NextInt64(1L << 53),
        Time = random.NextInt64(1L << 53),
        MapRoot = Hash(random),
        Previous = random.Next(2) == 0 ? null : (ulong)random.NextInt64(1L << 53),
    };

    public static Statement Any(Random random) => random.Next(4) switch
    {
        0 => Release(random),
        1 => Promotion(random),
        2 => Revocation(random),
        _ => State(random),
    };

    public static Envelope Envelope(Random random) => Protocol.Statements.Envelope.Of(
        Any(random).ToPayload(),
        [.. Enumerable.Range(0, random.Next(3)).Select(_ => new EnvelopeSignature(Hash(random), Bytes(random, 48)))]);

    public static Digest Hash(Random random) => new(Bytes(random, Digest.Size));

    public static ReleaseVersion Version(Random random)
    {
        string label = random.Next(3) switch { 0 => "-rc.1", 1 => "-alpha", _ => "" };
        return TestNetwork.Version($"{random.Next(100)}.{random.Next(100)}.{random.Next(100)}{label}");
    }

    public static string Name(Random random) => $"{Pick(random, ["linux", "a", "0.b-c"])}{random.Next(1000)}";

    private static Rollout Rollout(Random random)
    {
        var steps = new List<RolloutStep> { new(0, 1 + random.Next(50)) };
        for (int i = random.Next(15); i > 0; i--)
            steps.Add(new RolloutStep(steps[^1].After + 1 + (ulong)random.Next(100_000), steps[^1].Permille + 1 + random.Next(50)));
        return new Rollout(steps);
    }

    private static Artifact Artifact(Random random, int number) =>
        new($"{number}-Image_{random.Next(100)}.tar+~zst", Hash(random), Hash(random), (ulong)random.NextInt64(Limits.MaxArtifactSize + 1));

    private static string Text(Random random, int characters) => string.Concat(
        Enumerable.Range(0, 1 + random.Next(characters)).Select(_ => Pick(random, ["a", "Z", " ", "\"", "\\", "/", "é", "→", "\U0001f427"])));

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static T Pick<T>(Random random, T[] values) => values[random.Next(values.Length)];

    private static string? Maybe(Random random, Func<string> value) => random.Next(2) == 0 ? null : value();
}
