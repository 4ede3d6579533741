using SupplyChain.Protocol.Statements;
using SupplyChain.Tests.Kit;
using Utf8 = System.Text.Encoding;

namespace SupplyChain.Protocol.Tests.Statements;

public sealed class StatementTests
{
    private static readonly string Zeros = default(Digest).ToHex();

    [Fact]
    public void A_release_is_written_as_the_protocol_says()
    {
        var release = new Release
        {
            Origin = "example.org/linux",
            Product = "linux",
            Version = TestNetwork.Version("6.1.25"),
            UpstreamVersion = "6.1.25-1 \"bookworm\"",
            Sequence = 1,
            Previous = default,
            Time = 1_700_000_000,
            Severity = Severity.Critical,
            Kind = PayloadKind.Livepatch,
            Format = PayloadFormat.File,
            Target = new Target("x86_64", "6.1.0-25-amd64", "00ff"),
            Artifacts = [new Artifact("fix.ko", default, default, 42)],
        };

        Assert.Equal(
            """
            {"_type":"https://in-toto.io/Statement/v1",
            "subject":[{"name":"fix.ko","digest":{"sha256":"ZEROS","fsverity":"ZEROS"},"annotations":{"size":42}}],
            "predicateType":"urn:supplychain:release:v1",
            "predicate":{"origin":"example.org/linux","product":"linux","version":"6.1.25",
            "upstreamVersion":"6.1.25-1 \"bookworm\"","sequence":1,"previous":"ZEROS","time":1700000000,"severity":"critical",
            "payload":{"kind":"livepatch","format":"file",
            "target":{"architecture":"x86_64","kernelRelease":"6.1.0-25-amd64","buildId":"00ff"}}}}
            """.Replace("\n", "", StringComparison.Ordinal),
            Text(release).Replace(Zeros, "ZEROS", StringComparison.Ordinal));
    }

    [Fact]
    public void The_other_predicates_are_written_as_the_protocol_says()
    {
        const string Head = """{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"NAME","digest":{"sha256":"ZEROS"}}],"predicateType":"urn:supplychain:""";
        var version = TestNetwork.Version("1.0.0");
        (Statement Statement, string Text)[] samples =
        [
            (new Promotion { Origin = "o", Product = "p", Channel = "c", Version = version, Time = 5, Previous = default, Release = default },
                Head.Replace("NAME", "p", StringComparison.Ordinal)
                + """promotion:v1","predicate":{"origin":"o","product":"p","channel":"c","version":"1.0.0","time":5,"rollout":[{"after":0,"permille":1000}],"previous":"ZEROS"}}"""),
            (new Revocation { Origin = "o", Product = "p", Version = version, Time = 5, Reason = "bad", Replacement = version, Release = default },
                Head.Replace("NAME", "p", StringComparison.Ordinal)
                + """revocation:v1","predicate":{"origin":"o","product":"p","version":"1.0.0","time":5,"reason":"bad","replacement":"1.0.0"}}"""),
            (new StateLeaf { Origin = "o", Height = 3, Time = 5, MapRoot = default, Previous = 9 },
                Head.Replace("NAME", "o", StringComparison.Ordinal)
                + """state:v1","predicate":{"origin":"o","height":3,"time":5,"mapRoot":"ZEROS","previous":9}}"""),
        ];
        foreach (var (statement, text) in samples) Assert.Equal(text, Text(statement).Replace(Zeros, "ZEROS", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_statement_is_read_back_to_the_same_bytes() => ForAll.Seeds(500, random =>
    {
        byte[] payload = RandomStatements.Any(random).ToPayload();
        Assert.True(Statement.TryRead(payload, out var statement));
        Assert.Equal(payload, statement.ToPayload());
        Assert.Null(statement.InvalidField);
    });

    [Fact]
    public void Every_cut_and_every_addition_is_refused() => ForAll.Seeds(20, random =>
    {
        byte[] payload = RandomStatements.Any(random).ToPayload();
        for (int length = 0; length < payload.Length; length++) Assert.False(Statement.TryRead(payload.AsSpan(0, length), out _));
        Assert.False(Statement.TryRead([.. payload, (byte)'\n'], out _));
    });

    [Fact]
    public void White_space_is_refused_wherever_it_stands() => ForAll.Seeds(5, random =>
    {
        byte[] payload = RandomStatements.Any(random).ToPayload();
        for (int at = 0; at <= payload.Length; at++)
        {
            byte[] spaced = [.. payload[..at], (byte)'\t', .. payload[at..]];
            Assert.False(Statement.TryRead(spaced, out _));
        }
    });

    [Fact]
    public void What_is_read_after_random_changes_is_written_the_same() => ForAll.Seeds(3_000, random =>
    {
        byte[] payload = RandomStatements.Any(random).ToPayload();
        for (int i = 0; i < 1 + random.Next(3); i++) payload[random.Next(payload.Length)] = (byte)random.Next(256);
        if (Statement.TryRead(payload, out var statement)) Assert.Equal(payload, statement.ToPayload());
    });

    [Theory]
    [InlineData("\"time\":1767226600", "\"time\":01767226600")]
    [InlineData("\"time\":1767226600", "\"time\":1767226600.0")]
    [InlineData("\"time\":1767226600", "\"time\":\"1767226600\"")]
    [InlineData("\"time\":1767226600", "\"time\":-1")]
    [InlineData("\"time\":1767226600", "\"time\":9007199254740992")]
    [InlineData("\"sequence\":1", "\"sequence\":1,\"sequence\":1")]
    [InlineData("\"sequence\":1", "\"sequence\":1,\"extra\":1")]
    [InlineData("\"sequence\":1,", "")]
    [InlineData("\"product\":\"linux\"", "\"product\":\"lin\\u0075x\"")]
    [InlineData("\"product\":\"linux\"", "\"product\":null")]
    [InlineData("in-toto.io/Statement/v1", "in-toto.io\\/Statement\\/v1")]
    [InlineData("Statement/v1", "Statement/v0.1")]
    [InlineData("urn:supplychain:release:v1", "urn:supplychain:release:v2")]
    [InlineData("urn:supplychain:release:v1", "urn:supplychain:resharing:v1")]
    [InlineData("urn:supplychain:release:v1", "urn:supplychain:promotion:v1")]
    [InlineData("\"severity\":\"high\"", "\"severity\":\"High\"")]
    [InlineData("\"severity\":\"high\"", "\"severity\":\"urgent\"")]
    [InlineData("\"kind\":\"tree\"", "\"kind\":\"rpm\"")]
    [InlineData("\"target\":{}", "\"target\":{\"buildId\":\"ff\",\"architecture\":\"x86_64\"}")]
    [InlineData("\"target\":{}", "\"target\":{\"buildId\":\"FF\"}")]
    [InlineData("\"target\":{}", "\"target\":{\"buildId\":\"fff\"}")]
    [InlineData("\"target\":{}", "\"target\":{\"buildId\":\"\"}")]
    [InlineData("\"target\":{}", "\"target\":null")]
    [InlineData("\"version\":\"1.2.0\"", "\"version\":\"1.2\"")]
    public void A_second_spelling_of_a_release_is_refused(string canonical, string other)
    {
        string text = Text(TestNetwork.ReleaseOf("1.2.0"));
        Assert.Contains(canonical, text, StringComparison.Ordinal);
        Assert.False(Reads(text.Replace(canonical, other, StringComparison.Ordinal)));
    }

    [Fact]
    public void Subjects_must_be_those_of_the_predicate()
    {
        string release = Text(TestNetwork.ReleaseOf("1.2.0"));
        string promotion = Text(TestNetwork.PromotionOf(TestNetwork.ReleaseOf("1.2.0")));
        string subject = release[release.IndexOf("[{", StringComparison.Ordinal)..(release.IndexOf("}],", StringComparison.Ordinal) + 2)];
        string product = promotion[promotion.IndexOf("[{", StringComparison.Ordinal)..(promotion.IndexOf("}],", StringComparison.Ordinal) + 2)];
        string one = product[1..^1];

        Assert.False(Reads(release.Replace(subject, "[]", StringComparison.Ordinal)));
        Assert.False(Reads(release.Replace(subject, product, StringComparison.Ordinal)));
        Assert.False(Reads(release.Replace(subject, $"[{subject[1..^1]},{one}]", StringComparison.Ordinal)));
        Assert.False(Reads(release.Replace(subject, $"[{subject[1..^1]},{subject[1..^1]}]", StringComparison.Ordinal)));
        Assert.False(Reads(promotion.Replace(product, "[]", StringComparison.Ordinal)));
        Assert.False(Reads(promotion.Replace(product, $"[{one},{one}]", StringComparison.Ordinal)));
        Assert.False(Reads(promotion.Replace(product, subject, StringComparison.Ordinal)));
        Assert.False(Reads(promotion.Replace("[{\"name\":\"linux\"", "[{\"name\":\"windows\"", StringComparison.Ordinal)));
        Assert.False(Reads(Text(RandomStatements.State(new Random(1))).Replace("\"mapRoot\":\"", "\"mapRoot\":\"00", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_state_whose_subject_is_another_map_is_refused()
    {
        var state = RandomStatements.State(new Random(1));
        string other = Text(state with { MapRoot = Digest.Of("another map"u8) });
        string mixed = Text(state).Split("\"predicateType\"")[0] + "\"predicateType\"" + other.Split("\"predicateType\"")[1];

        Assert.True(Reads(other));
        Assert.False(Reads(mixed));
    }

    [Fact]
    public void A_release_that_breaks_a_rule_names_the_field_and_is_not_written()
    {
        var good = TestNetwork.ReleaseOf("1.2.0");
        var artifact = good.Artifacts[0];
        AssertInvalid("origin", good with { Origin = "" }, good with { Origin = "Example.org" }, good with { Origin = new string('a', 129) });
        AssertInvalid("product", good with { Product = "" }, good with { Product = "-a" }, good with { Product = "a." }, good with { Product = new string('a', 65) });
        AssertInvalid("upstreamVersion", good with { UpstreamVersion = "" }, good with { UpstreamVersion = "a\n" }, good with { UpstreamVersion = new string('é', 65) });
        AssertInvalid("sequence", good with { Sequence = 0 }, good with { Sequence = 1ul << 53 });
        AssertInvalid("time", good with { Time = -1 }, good with { Time = 1L << 53 });
        AssertInvalid("severity", good with { Severity = (Severity)9 });
        AssertInvalid(
            "payload",
            good with { Kind = (PayloadKind)9 },
            good with { Format = (PayloadFormat)9 },
            good with { Kind = PayloadKind.Deb, Format = PayloadFormat.Tar },
            good with { Kind = PayloadKind.Livepatch, Format = PayloadFormat.TarZstd, Target = new Target("x86_64", "6.1", "00") },
            good with { Kind = PayloadKind.Livepatch, Target = new Target("x86_64", "6.1") },
            good with { Kind = PayloadKind.Livepatch, Target = new Target("x86_64", null, "00") },
            good with { Kind = PayloadKind.Livepatch, Target = new Target(null, "6.1", "00") },
            good with { Target = new Target("x86 64") },
            good with { Target = new Target(null, "../6.1") });
        AssertInvalid(
            "subject",
            good with { Artifacts = [] },
            good with { Artifacts = [artifact, artifact] },
            good with { Artifacts = [.. Enumerable.Range(0, 65).Select(i => artifact with { Name = $"{i}" })] },
            good with { Artifacts = [artifact with { Size = (ulong)Limits.MaxArtifactSize + 1 }] },
            good with { Artifacts = [artifact with { Name = "../fix.ko" }] },
            good with { Artifacts = [artifact with { Name = ".hidden" }] },
            good with { Artifacts = [artifact with { Name = "-rf" }] },
            good with { Artifacts = [artifact with { Name = "" }] },
            good with { Artifacts = [artifact with { Name = new string('a', 129) }] });
    }

    [Fact]
    public void A_promotion_revocation_or_state_that_breaks_a_rule_names_the_field()
    {
        var promotion = TestNetwork.PromotionOf(TestNetwork.ReleaseOf("1.2.0"));
        AssertInvalid("channel", promotion with { Channel = "Stable" });
        AssertInvalid(
            "rollout",
            promotion with { Rollout = new Rollout([]) },
            promotion with { Rollout = new Rollout([new(1, 10)]) },
            promotion with { Rollout = new Rollout([new(0, 0)]) },
            promotion with { Rollout = new Rollout([new(0, 1001)]) },
            promotion with { Rollout = new Rollout([new(0, 10), new(0, 20)]) },
            promotion with { Rollout = new Rollout([new(0, 10), new(5, 10)]) },
            promotion with { Rollout = new Rollout([.. Enumerable.Range(0, 17).Select(i => new RolloutStep((ulong)i, i + 1))]) });

        var revocation = TestNetwork.RevocationOf(TestNetwork.ReleaseOf("1.2.0"));
        AssertInvalid("reason", revocation with { Reason = "" }, revocation with { Reason = new string('é', 251) }, revocation with { Reason = "\ud800" });

        var state = RandomStatements.State(new Random(1));
        AssertInvalid("height", state with { Height = 1ul << 53 });
        AssertInvalid("previous", state with { Previous = 1ul << 53 });
    }

    [Fact]
    public void The_first_release_and_promotion_name_a_previous_one_that_only_they_have()
    {
        Assert.Equal(
            Digest.Of([.. "supplychain/first-release/v1"u8, 0, 0, 1, (byte)'o', 0, 1, (byte)'p']),
            Release.FirstPrevious("o", "p"));
        Assert.Equal(
            Digest.Of([.. "supplychain/first-promotion/v1"u8, 0, 0, 1, (byte)'o', 0, 1, (byte)'p', 0, 1, (byte)'c']),
            Promotion.FirstPrevious("o", "p", "c"));
    }

    [Fact]
    public void A_rollout_grows_by_its_steps()
    {
        var rollout = new Rollout([new(0, 10), new(100, 500), new(200, 1000)]);
        Assert.Equal(
            [0, 10, 10, 500, 500, 1000, 1000],
            new long[] { -1, 0, 99, 100, 199, 200, long.MaxValue }.Select(rollout.PermilleAt));
    }

    private static void AssertInvalid(string field, params Statement[] statements)
    {
        foreach (var statement in statements)
        {
            Assert.Equal(field, statement.InvalidField);
            Assert.Throws<InvalidOperationException>(() => statement.ToPayload());
        }
    }

    private static string Text(Statement statement) => Utf8.UTF8.GetString(statement.ToPayload());

    private static bool Reads(string text) => Statement.TryRead(Utf8.UTF8.GetBytes(text), out _);
}
