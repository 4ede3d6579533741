using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;
using SupplyChain.Protocol.Verification;
using SupplyChain.Tests.Kit;
using SupplyChain.ThresholdSig.Sharing;
using Utf8 = System.Text.Encoding;

namespace SupplyChain.Protocol.Tests.Trust;

public sealed class TrustRootTests
{
    private static readonly TestNetwork Network = TestNetwork.Create();

    private static readonly TrustRoot Good = Network.Root;

    private static NodeIdentity First => Good.Nodes[0];

    private static Role Kernel => Good.Roles[0];

    private static Role RootRole => Good.Roles[1];

    [Fact]
    public void A_root_is_read_back_to_the_same_bytes()
    {
        foreach (int nodes in (int[])[4, 7, 64])
        {
            byte[] bytes = TestNetwork.Create(nodes).Root.ToBytes();
            Assert.True(TrustRoot.TryRead(bytes, out var root));
            Assert.Equal(bytes, root.ToBytes());
            Assert.Equal(nodes, root.Nodes.Count);
        }
    }

    [Fact]
    public void A_root_is_written_as_the_protocol_says()
    {
        string text = Utf8.UTF8.GetString(Good.ToBytes());
        Assert.StartsWith(
            """{"version":1,"origin":"updates.example.org/test","created":1767225600,"expires":1798761600,"nodes":[{"name":"node-00","attestationKey":""",
            text, StringComparison.Ordinal);
        Assert.Contains(""","url":"http://node-00.example.org:8080","peer":"node-00.example.org:9090"},{"name":"node-01",""", text, StringComparison.Ordinal);
        Assert.Contains(""","threshold":2,"members":3,"faulty":1,"products":["linux"],"earlier":[]},{"name":"root",""", text, StringComparison.Ordinal);
        Assert.EndsWith($"\"publishers\":[\"{Good.Publishers[0]}\"],\"freshness\":{{\"maxAge\":600,\"skew\":30,\"attestEvery\":60}}}}", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_envelope_of_the_first_root_is_signed_by_its_own_root_role()
    {
        Assert.True(TrustRoot.TryReadEnvelope(Network.RootEnvelope.ToBytes(), out var root, out _));
        Assert.Equal(Good.ToBytes(), root.ToBytes());
        Assert.Equal(Network.RootEnvelope.Id, root.Id());
    }

    [Fact]
    public void A_root_that_others_or_too_many_signed_is_refused()
    {
        byte[] payload = Good.ToRotation().ToPayload();
        Envelope[] wrong =
        [
            Envelope.Of(payload),
            Network.Maintainers.Sign(Good.ToRotation()),
            Envelope.Of(payload, Network.Maintainers.Sign(payload), Network.RootHolders.Sign(payload)),
            Envelope.Of(payload, Network.RootHolders.Sign((Good with { Created = 5 }).ToRotation().ToPayload())),
        ];
        foreach (var envelope in wrong) AssertRejected(RejectionReason.RootSignatureInvalid, envelope.ToBytes());
    }

    [Fact]
    public void What_is_no_first_root_is_refused()
    {
        AssertRejected(RejectionReason.RootMalformed, []);
        AssertRejected(RejectionReason.RootMalformed, Good.ToBytes());
        AssertRejected(RejectionReason.RootMalformed, [.. Network.RootEnvelope.ToBytes(), (byte)'\n']);
        AssertRejected(RejectionReason.RootMalformed, Network.Sign(TestNetwork.ReleaseOf("1.0.0")).ToBytes());
        AssertRejected(RejectionReason.RootMalformed, Network.RootHolders.Sign((Good with { Version = 2 }).ToRotation()).ToBytes());
    }

    [Fact]
    public void A_rotation_names_its_own_origin()
    {
        Assert.Equal("origin", (Good.ToRotation() with { Origin = "example.org/other" }).InvalidField);
        Assert.Equal("root", (Good.ToRotation() with { Root = Good with { Version = 0 } }).InvalidField);
    }

    [Fact]
    public void The_head_of_a_root_obeys_the_rules()
    {
        AssertInvalid("version", Good with { Version = 0 });
        AssertInvalid("origin", Good with { Origin = "Updates" });
        AssertInvalid("expires", Good with { Expires = Good.Created });
        AssertInvalid("freshness", Good with { Freshness = new Freshness(0, 0, 0) });
        AssertInvalid("freshness", Good with { Freshness = new Freshness(60, 30, 61) });
        AssertInvalid("freshness", Good with { Freshness = new Freshness(60, 61, 60) });
        AssertInvalid("freshness", Good with { Freshness = new Freshness(60, 30, 0) });
        Assert.Equal("created", (Good with { Created = -1 }).InvalidField);
    }

    [Fact]
    public void There_are_three_f_plus_one_nodes()
    {
        foreach (int nodes in (int[])[0, 1, 3, 5, 6, 8, 65, 67])
            AssertInvalid("nodes", Good with { Nodes = [.. Enumerable.Range(0, nodes).Select(index => new TestNode(index).Identity)] });
    }

    [Fact]
    public void Nodes_are_sorted_and_share_nothing()
    {
        var second = Good.Nodes[1];
        AssertInvalid("nodes", Good with { Nodes = [.. Good.Nodes.Reverse()] });
        AssertNode(First with { Name = second.Name });
        AssertNode(First with { AttestationKey = second.AttestationKey });
        AssertNode(First with { VoteKey = second.AttestationKey });
        AssertNode(First with { LogKey = First.VoteKey });
        AssertNode(First with { TransportPin = second.TransportPin });
        AssertNode(First with { Url = second.Url });
        AssertNode(First with { Peer = second.Peer });
    }

    [Theory]
    [InlineData("Node")]
    [InlineData("node 0")]
    [InlineData("")]
    [InlineData("-node")]
    public void A_node_has_a_name(string name) => AssertNode(First with { Name = name });

    [Theory]
    [InlineData("host")]
    [InlineData("host:")]
    [InlineData(":80")]
    [InlineData("host:0")]
    [InlineData("host:080")]
    [InlineData("host:65536")]
    [InlineData("Host:80")]
    [InlineData("host:80/")]
    [InlineData("user@host:80")]
    [InlineData("ho st:80")]
    [InlineData("::1:80")]
    [InlineData("[::1:80")]
    [InlineData("[::G]:80")]
    public void An_address_that_is_no_host_and_port_is_refused(string address)
    {
        AssertNode(First with { Peer = address });
        AssertNode(First with { Url = $"http://{address}" });
    }

    [Theory]
    [InlineData("https://host:80")]
    [InlineData("HTTP://host:80")]
    [InlineData("host:80")]
    public void A_url_is_plain_http(string url) => AssertNode(First with { Url = url });

    [Theory]
    [InlineData("127.0.0.1:8080")]
    [InlineData("[::1]:8080")]
    [InlineData("a.example.org:65535")]
    [InlineData("localhost:1")]
    public void Names_and_addresses_with_a_port_are_taken(string address) =>
        Assert.Null((Good with { Nodes = [First with { Peer = address, Url = $"http://{address}" }, .. Good.Nodes.Skip(1)] }).InvalidField);

    [Fact]
    public void Roles_are_sorted_and_one_of_them_is_root()
    {
        AssertInvalid("roles", Good with { Roles = [RootRole, Kernel] });
        AssertInvalid("roles", Good with { Roles = [Kernel] });
        AssertInvalid("roles", Good with { Roles = [] });
        AssertInvalid("roles", Good with { Roles = [Kernel, RootRole, RootRole] });
        AssertInvalid("roles", Good with { Roles = [Kernel with { Name = "Kernel" }, RootRole] });
    }

    [Fact]
    public void One_group_may_hold_several_roles() =>
        Assert.Null((Good with { Roles = [Kernel, RootRole with { Key = Kernel.Key }] }).InvalidField);

    [Fact]
    public void A_product_belongs_to_one_role()
    {
        AssertInvalid("roles", Good with { Roles = [Kernel, RootRole with { Products = ["linux"] }] });
        AssertRole(Kernel with { Products = ["linux", "linux"] });
        AssertRole(Kernel with { Products = ["linux", "a"] });
        AssertRole(Kernel with { Products = ["Linux"] });
        Assert.Equal("kernel", Good.RoleFor("linux")?.Name);
        Assert.Null(Good.RoleFor("windows"));
    }

    [Fact]
    public void Earlier_keys_served_before_this_root_one_after_the_other()
    {
        var (a, b) = (new TestGroup("a").Key.PublicKey, new TestGroup("b").Key.PublicKey);
        var fifth = Good with { Version = 5 };
        Assert.Null(WithEarlier(fifth, new(a, 1, 2), new(b, 3, 4)).InvalidField);

        AssertInvalid("roles", WithEarlier(Good, new EarlierKey(a, 1, 1)));
        AssertInvalid("roles", WithEarlier(fifth, new EarlierKey(a, 0, 2)));
        AssertInvalid("roles", WithEarlier(fifth, new EarlierKey(a, 3, 2)));
        AssertInvalid("roles", WithEarlier(fifth, new EarlierKey(a, 3, 5)));
        AssertInvalid("roles", WithEarlier(fifth, new(a, 1, 2), new(b, 2, 4)));
        AssertInvalid("roles", WithEarlier(fifth, new(a, 3, 4), new(b, 1, 2)));
        AssertInvalid("roles", WithEarlier(fifth, new(a, 1, 2), new(a, 3, 4)));
        AssertInvalid("roles", WithEarlier(fifth, new EarlierKey(Kernel.Key, 1, 2)));
    }

    [Fact]
    public void A_product_has_the_key_that_its_role_had_under_that_root()
    {
        var (a, b) = (new TestGroup("a").Key.PublicKey, new TestGroup("b").Key.PublicKey);
        var root = WithEarlier(Good with { Version = 7 }, new(a, 1, 2), new(b, 4, 5));

        Assert.Equal([null, a, a, null, b, b, Kernel.Key, Kernel.Key, null], Enumerable.Range(0, 9).Select(version => root.KeyFor("linux", (ulong)version)));
        Assert.Null(root.KeyFor("windows", 7));
    }

    [Fact]
    public void A_mark_says_up_to_which_log_index_an_earlier_key_verifies_anything()
    {
        var (a, b) = (new TestGroup("a").Key.PublicKey, new TestGroup("b").Key.PublicKey);
        var root = WithEarlier(Good with { Version = 5 }, new(a, 1, 2, CompromisedAfter: 7), new(b, 3, 4));
        string text = Utf8.UTF8.GetString(root.ToBytes());
        Assert.Contains("""
            "from":1,"to":2,"compromisedAfter":7},{"key":
            """.Trim(), text, StringComparison.Ordinal);
        Assert.True(TrustRoot.TryRead(root.ToBytes(), out var read));
        Assert.Equal(root.Roles[0].Earlier, read.Roles[0].Earlier);
        Assert.Equal(root.ToBytes(), read.ToBytes());

        Assert.False(root.Voids("linux", new LogPlace(7, 2)));
        Assert.True(root.Voids("linux", new LogPlace(8, 2)));
        Assert.True(root.Voids("linux", new LogPlace(8, 1)));
        Assert.False(root.Voids("linux", new LogPlace(8, 3)));
        Assert.False(root.Voids("linux", new LogPlace(8, 5)));
        Assert.False(root.Voids("windows", new LogPlace(8, 2)));
    }

    [Theory]
    [InlineData("\"compromisedAfter\":9007199254740992")]
    [InlineData("\"compromisedAfter\":-1")]
    [InlineData("\"compromisedAfter\":07")]
    [InlineData("\"compromisedAfter\":null")]
    [InlineData("\"compromisedAfter\":7,\"compromisedAfter\":7")]
    [InlineData("\"compromised\":7")]
    public void A_mark_has_one_spelling(string other)
    {
        var root = WithEarlier(Good with { Version = 5 }, new EarlierKey(new TestGroup("a").Key.PublicKey, 1, 2, CompromisedAfter: 7));
        string text = Utf8.UTF8.GetString(root.ToBytes());
        string changed = text.Replace("\"compromisedAfter\":7", other, StringComparison.Ordinal);
        Assert.NotEqual(text, changed);
        Assert.False(TrustRoot.TryRead(Utf8.UTF8.GetBytes(changed), out _));
        Assert.Equal("roles", WithEarlier(root, root.Roles[0].Earlier[0] with { CompromisedAfter = 1UL << 53 }).InvalidField);
    }

    [Fact]
    public void One_key_has_one_mark_wherever_it_served()
    {
        var a = new TestGroup("a").Key.PublicKey;
        TrustRoot With(ulong? kernel, ulong? other) => Good with
        {
            Version = 5,
            Roles = [Kernel with { Earlier = [new(a, 1, 2, kernel)] }, RootRole with { Earlier = [new(a, 1, 3, other)] }],
        };
        Assert.Null(With(7, 7).InvalidField);
        Assert.Null(With(null, null).InvalidField);
        AssertInvalid("roles", With(7, 8));
        AssertInvalid("roles", With(7, null));
    }

    [Fact]
    public void Publishers_are_sorted_and_no_nodes()
    {
        var keys = Enumerable.Range(30, 2).Select(index => new TestNode(index).VoteKey.PublicKey).OrderBy(key => key.ToHex(), StringComparer.Ordinal).ToArray();
        Assert.Null((Good with { Publishers = keys }).InvalidField);
        Assert.Null((Good with { Publishers = [] }).InvalidField);
        AssertInvalid("publishers", Good with { Publishers = [keys[1], keys[0]] });
        AssertInvalid("publishers", Good with { Publishers = [keys[0], keys[0]] });
        AssertInvalid("publishers", Good with { Publishers = [First.VoteKey] });
    }

    [Theory]
    [InlineData("\"threshold\":2,\"members\":3,\"faulty\":1", "\"threshold\":3,\"members\":3,\"faulty\":1")]
    [InlineData("\"threshold\":2,\"members\":3,\"faulty\":1", "\"threshold\":1,\"members\":3,\"faulty\":1")]
    [InlineData("\"threshold\":2,\"members\":3,\"faulty\":1", "\"threshold\":2,\"members\":300,\"faulty\":1")]
    [InlineData("\"threshold\":2,\"members\":3,\"faulty\":1", "\"members\":3,\"threshold\":2,\"faulty\":1")]
    [InlineData("\"version\":1", "\"version\":01")]
    [InlineData("{\"version\"", "{ \"version\"")]
    [InlineData("\"maxAge\":600", "\"maxAge\":600,\"minAge\":1")]
    public void Impossible_thresholds_and_second_spellings_are_refused(string good, string bad)
    {
        string text = Utf8.UTF8.GetString(Good.ToBytes());
        Assert.Contains(good, text, StringComparison.Ordinal);
        Assert.False(TrustRoot.TryRead(Utf8.UTF8.GetBytes(text.Replace(good, bad, StringComparison.Ordinal)), out _));
    }

    [Fact]
    public void Every_cut_is_refused()
    {
        byte[] bytes = Good.ToBytes();
        for (int length = 0; length < bytes.Length; length += 5) Assert.False(TrustRoot.TryRead(bytes.AsSpan(0, length), out _));
        Assert.False(TrustRoot.TryRead([.. bytes, (byte)'\n'], out _));
    }

    [Fact]
    public void A_quorum_is_two_f_plus_one()
    {
        foreach (var (n, f, q) in (ReadOnlySpan<(int, int, int)>)[(4, 1, 3), (7, 2, 5), (10, 3, 7), (64, 21, 43)])
            Assert.Equal((n, f, q), (new Quorum(n).Nodes, new Quorum(n).Faulty, new Quorum(n).Required));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Quorum(5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Quorum(1));
        Assert.False(Quorum.TryCreate(67, out _));
    }

    [Fact]
    public void Thresholds_withstand_the_faulty_on_both_sides() =>
        Assert.Equal(new Threshold(members: 3, required: 2, faulty: 1), Kernel.Threshold);

    private static TrustRoot WithEarlier(TrustRoot root, params EarlierKey[] earlier) =>
        root with { Roles = [Kernel with { Earlier = earlier }, RootRole] };

    private static void AssertNode(NodeIdentity node) => AssertInvalid("nodes", Good with { Nodes = [node, .. Good.Nodes.Skip(1)] });

    private static void AssertRole(Role role) => AssertInvalid("roles", Good with { Roles = [role, RootRole] });

    // Refused when we write it, and when somebody else wrote it.
    private static void AssertInvalid(string field, TrustRoot root)
    {
        Assert.Equal(field, root.InvalidField);
        Assert.Throws<InvalidOperationException>(root.ToBytes);
        Assert.False(TrustRoot.TryRead(TrustRootFormat.Write(root), out _));
    }

    private static void AssertRejected(RejectionReason reason, byte[] envelope)
    {
        Assert.False(TrustRoot.TryReadEnvelope(envelope, out _, out var rejection));
        Assert.Equal(reason, rejection.Reason);
    }
}
