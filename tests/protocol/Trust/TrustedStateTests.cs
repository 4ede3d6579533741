using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Tests.Statements;
using SupplyChain.Protocol.Trust;
using SupplyChain.Protocol.Verification;
using SupplyChain.Tests.Kit;
using Utf8 = System.Text.Encoding;

namespace SupplyChain.Protocol.Tests.Trust;

/// <summary>What an agent trusts only ever grows.</summary>
public sealed class TrustedStateTests
{
    private const long Now = TestNetwork.Created + 5_000;

    private static readonly TestNetwork Network = TestNetwork.Create();

    private static readonly UpdateVerifier Verifier = new(Network.Root);

    private static readonly TrustedState Fresh = TrustedState.Initial(Network.Root);

    [Fact]
    public void An_agent_starts_with_its_root_and_nothing_seen()
    {
        Assert.Equal(1ul, Fresh.RootVersion);
        Assert.Equal(TestNetwork.Created, Fresh.LatestTime);
        Assert.Null(Fresh.Checkpoint);
        Assert.Null(Fresh.FloorOf(Network.Root, "linux", "stable"));
    }

    [Fact]
    public void A_confirmation_is_kept_and_moves_time_on_and_never_back()
    {
        var boot = Digest.Of([1]);
        var state = Fresh.Confirm(new Confirmation(boot, 100, 5, Now));
        Assert.Equal((Now, new Confirmation(boot, 100, 5, Now)), (state.LatestTime, state.Confirmed));
        var earlier = state.Confirm(new Confirmation(boot, 200, 6, Now - 50));
        Assert.Equal((Now, new Confirmation(boot, 200, 6, Now)), (earlier.LatestTime, earlier.Confirmed));
        Assert.Equal(state.Confirmed, state.Advance(Certified(2, "a", Now)).RaiseFloor(Network.Root, "linux", "stable", TestNetwork.VerifiedOf("1.0.0")).Confirmed);
    }

    [Fact]
    public void A_larger_checkpoint_and_a_later_time_are_taken()
    {
        var state = Fresh.Advance(Certified(2, "a", Now)).Advance(Certified(7, "b", Now + 10));
        Assert.Equal(new TreeSize(7), state.Checkpoint?.Size);
        Assert.Equal(Now + 10, state.LatestTime);
    }

    [Fact]
    public void Time_never_goes_back()
    {
        var state = Fresh.Advance(Certified(2, "a", Now)).Advance(Certified(3, "b", Now - 100));
        Assert.Equal(Now, state.LatestTime);
        Assert.Equal(new TreeSize(3), state.Checkpoint?.Size);
    }

    [Fact]
    public void A_checkpoint_never_goes_back_or_aside()
    {
        var state = Fresh.Advance(Certified(5, "a", Now));
        Assert.Throws<ArgumentException>(() => state.Advance(Certified(4, "b", Now)));
        Assert.Throws<ArgumentException>(() => state.Advance(Certified(5, "b", Now)));
        Assert.Equal(state.Checkpoint, state.Advance(Certified(5, "a", Now + 1)).Checkpoint);
    }

    [Fact]
    public void The_root_s_version_never_goes_back()
    {
        var state = Fresh.Adopt(Network.Root.Next().Next());
        Assert.Equal(3ul, state.RootVersion);
        Assert.Equal(3ul, state.Adopt(Network.Root.Next()).RootVersion);
    }

    [Fact]
    public void A_checkpoint_of_another_log_is_no_advance()
    {
        var elsewhere = TrustedState.Initial(Network.Root with { Origin = "updates.example.org/other" });
        Assert.Throws<ArgumentException>(() => elsewhere.Advance(Certified(5, "a", Now)));
    }

    [Fact]
    public void A_version_floor_never_goes_down()
    {
        var state = Fresh.RaiseFloor(Network.Root, "linux", "stable", TestNetwork.VerifiedOf("1.10.0")).RaiseFloor(Network.Root, "linux", "stable", TestNetwork.VerifiedOf("1.9.0"));
        Assert.Equal(TestNetwork.Version("1.10.0"), state.FloorOf(Network.Root, "linux", "stable"));
        Assert.Null(state.FloorOf(Network.Root, "linux", "nightly"));
        Assert.Equal(TestNetwork.Version("1.11.0"), state.RaiseFloor(Network.Root, "linux", "stable", TestNetwork.VerifiedOf("1.11.0")).FloorOf(Network.Root, "linux", "stable"));
    }

    [Fact]
    public void A_marked_key_takes_back_the_floors_that_are_owed_to_it_and_no_others()
    {
        var state = Verified(Verified(Verified(Fresh, "1.0.0", promotion: 3), "1.1.0", promotion: 6), "9.0.0", promotion: 9);
        Assert.Equal("9.0.0", FloorUnder(state, Network.Root));
        Assert.Equal("9.0.0", FloorUnder(state, Marked(after: 9)));
        Assert.Equal("1.1.0", FloorUnder(state, Marked(after: 8)));
        Assert.Equal("1.1.0", FloorUnder(state, Marked(after: 6)));
        Assert.Equal("1.0.0", FloorUnder(state, Marked(after: 5)));
        Assert.Null(FloorUnder(state, Marked(after: 2)));

        // The release is at 8, its promotion at 9.
        Assert.False(state.IsVoid(Marked(after: 9), "linux", TestNetwork.Version("9.0.0")));
        Assert.True(state.IsVoid(Marked(after: 8), "linux", TestNetwork.Version("9.0.0")));
        Assert.True(state.IsVoid(Marked(after: 7), "linux", TestNetwork.Version("9.0.0")));
        Assert.False(state.IsVoid(Marked(after: 7), "linux", TestNetwork.Version("1.1.0")));
        Assert.False(state.IsVoid(Network.Root, "linux", TestNetwork.Version("9.0.0")));
    }

    [Fact]
    public void After_a_mark_floors_rise_again_from_what_stands_and_never_below_it()
    {
        var root = Marked(after: 5);
        var state = Verified(Verified(Fresh, "1.0.0", promotion: 3), "9.0.0", promotion: 9);
        Assert.Same(state, state.RaiseFloor(root, "linux", "stable", TestNetwork.VerifiedOf("0.9.0", promotion: 12, root: 2)));
        state = state.RaiseFloor(root, "linux", "stable", TestNetwork.VerifiedOf("1.2.0", promotion: 12, root: 2));
        Assert.Equal("1.2.0", FloorUnder(state, root));
        Assert.True(TrustedState.TryRead(state.ToBytes(), out var read));
        Assert.Equal("1.2.0", FloorUnder(read, root));
        Assert.True(read.IsVoid(root, "linux", TestNetwork.Version("9.0.0")));
    }

    [Fact]
    public void A_version_that_is_promoted_again_by_a_key_that_stands_is_void_no_more()
    {
        var root = Marked(after: 8);
        var state = Verified(Fresh, "9.0.0", promotion: 9);
        Assert.True(state.IsVoid(root, "linux", TestNetwork.Version("9.0.0")));
        var again = new VerifiedVersion(TestNetwork.Version("9.0.0"), new LogPlace(12, 2), new LogPlace(8, 1));
        state = state.RaiseFloor(root, "linux", "stable", again);
        Assert.False(state.IsVoid(root, "linux", TestNetwork.Version("9.0.0")));
        Assert.Equal("9.0.0", FloorUnder(state, root));
    }

    [Fact]
    public void The_oldest_versions_of_a_channel_are_forgotten_but_never_the_installed_one()
    {
        var state = Fresh;
        for (int i = 1; i <= 200; i++)
        {
            state = state.RaiseFloor(
                Network.Root, "linux", "stable", TestNetwork.VerifiedOf($"1.{i}.0", promotion: (ulong)i), installed: TestNetwork.Version("1.7.0"));
        }

        Assert.Equal("1.200.0", FloorUnder(state, Network.Root));
        Assert.Equal("1.7.0", FloorUnder(state, Marked(after: 137)));
        Assert.Equal("1.139.0", FloorUnder(state, Marked(after: 139)));
        Assert.True(state.IsVoid(Marked(after: 5), "linux", TestNetwork.Version("1.7.0")));
        Assert.InRange(state.ToBytes().Length, 1, 64 * 256);
    }

    [Fact]
    public void Whatever_happens_in_whatever_order_nothing_goes_back() => ForAll.Seeds(200, random =>
    {
        var state = Fresh;
        ulong size = 0;
        for (int i = 0; i < 10; i++)
        {
            var next = random.Next(2) == 0
                ? state.RaiseFloor(Network.Root, "linux", "stable", TestNetwork.VerifiedOf(RandomStatements.Version(random).ToString(), (ulong)random.Next(1, 1_000)))
                : state.Advance(Certified(size += (ulong)random.Next(1, 3), "a", Now + random.Next(-500, 500)));
            Assert.True(next.LatestTime >= state.LatestTime);
            Assert.True(state.Checkpoint is null || next.Checkpoint!.Size >= state.Checkpoint.Size);
            Assert.True(next.FloorOf(Network.Root, "linux", "stable") >= state.FloorOf(Network.Root, "linux", "stable"));
            state = next;
        }
    });

    [Fact]
    public void It_is_written_as_the_protocol_says()
    {
        Assert.Equal(
            """{"origin":"updates.example.org/test","trustRoot":1,"latestTime":1767225600,"floors":[]}""",
            Utf8.UTF8.GetString(Fresh.ToBytes()));
        var certified = Certified(2, "a", Now);
        Assert.Equal(
            $$$"""{"origin":"updates.example.org/test","trustRoot":1,"latestTime":{{{Now}}},"checkpoint":{"size":2,"root":"{{{certified.Checkpoint.Root}}}"},"floors":[{"product":"linux","channel":"stable","version":"1.0.0","promotion":{"index":3,"root":1},"release":{"index":2,"root":1}}]}""",
            Utf8.UTF8.GetString(Fresh.Advance(certified).RaiseFloor(Network.Root, "linux", "stable", TestNetwork.VerifiedOf("1.0.0")).ToBytes()));
        Assert.Equal(
            $$$"""{"origin":"updates.example.org/test","trustRoot":1,"latestTime":{{{Now}}},"confirmed":{"boot":"{{{certified.Checkpoint.Root}}}","uptime":7,"clock":0,"time":{{{Now}}}},"floors":[]}""",
            Utf8.UTF8.GetString(Fresh.Confirm(new Confirmation(certified.Checkpoint.Root, 7, 0, Now)).ToBytes()));
    }

    [Fact]
    public void It_is_read_back_as_it_was_and_every_cut_refused()
    {
        byte[] bytes = Fresh
            .Advance(Certified(9, "a", Now))
            .Confirm(new Confirmation(Digest.Of([3]), 1_000, 17, Now + 5))
            .RaiseFloor(Network.Root, "linux", "stable", TestNetwork.VerifiedOf("2.0.0"))
            .RaiseFloor(Network.Root, "linux", "nightly", TestNetwork.VerifiedOf("2.1.0-rc.1"))
            .RaiseFloor(Network.Root, "a", "z", TestNetwork.VerifiedOf("1.0.0"))
            .ToBytes();

        Assert.True(TrustedState.TryRead(bytes, out var state));
        Assert.Equal(bytes, state.ToBytes());
        Assert.Equal(TestNetwork.Version("2.0.0"), state.FloorOf(Network.Root, "linux", "stable"));
        Assert.False(TrustedState.TryRead([.. bytes, (byte)'\n'], out _));
        for (int length = 0; length < bytes.Length; length++) Assert.False(TrustedState.TryRead(bytes.AsSpan(0, length), out _));
    }

    [Theory]
    [InlineData("""{"origin":"o","trustRoot":0,"latestTime":1,"floors":[]}""")]
    [InlineData("""{"origin":"O","trustRoot":1,"latestTime":1,"floors":[]}""")]
    [InlineData("""{"origin":"o","trustRoot":1,"latestTime":1,"floors":[{"product":"b","channel":"c","version":"1.0.0","promotion":{"index":3,"root":1},"release":{"index":2,"root":1}},{"product":"a","channel":"c","version":"1.0.0","promotion":{"index":3,"root":1},"release":{"index":2,"root":1}}]}""")]
    [InlineData("""{"origin":"o","trustRoot":1,"latestTime":1,"floors":[{"product":"a","channel":"c","version":"1.0.0","promotion":{"index":3,"root":1},"release":{"index":2,"root":1}},{"product":"a","channel":"c","version":"1.0.1","promotion":{"index":3,"root":1},"release":{"index":2,"root":1}}]}""")]
    [InlineData("""{"origin":"o","trustRoot":1,"latestTime":1,"floors":[{"product":"A","channel":"c","version":"1.0.0","promotion":{"index":3,"root":1},"release":{"index":2,"root":1}}]}""")]
    [InlineData("""{"origin":"o","trustRoot":1,"latestTime":1,"confirmed":{"boot":"4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a","uptime":1,"clock":1,"time":2},"floors":[]}""")]
    [InlineData("""{"origin":"o","trustRoot":1,"latestTime":1,"confirmed":{"boot":"4b","uptime":1,"clock":1,"time":1},"floors":[]}""")]
    [InlineData("""{"origin":"o","trustRoot":1,"latestTime":1,"confirmed":{"uptime":1,"clock":1,"time":1},"floors":[]}""")]
    [InlineData("""{"origin":"o","trustRoot":1,"latestTime":1,"checkpoint":{"size":9007199254740992,"root":"00"},"floors":[]}""")]
    public void A_state_that_breaks_a_rule_is_refused(string text) => Assert.False(TrustedState.TryRead(Utf8.UTF8.GetBytes(text), out _));

    private static TrustedState Verified(TrustedState state, string version, ulong promotion) =>
        state.RaiseFloor(Network.Root, "linux", "stable", TestNetwork.VerifiedOf(version, promotion));

    private static string? FloorUnder(TrustedState state, TrustRoot root) => state.FloorOf(root, "linux", "stable")?.ToString();

    private static TrustRoot Marked(ulong after) => Network.Root.Next()
        .WithKeyOf(TestNetwork.RoleName, Network.RootHolders).WithMark(TestNetwork.RoleName, version: 1, after);

    private static CertifiedCheckpoint Certified(ulong size, string tree, long time)
    {
        var checkpoint = new Checkpoint(TestNetwork.Origin, new TreeSize(size), Digest.Of(Utf8.UTF8.GetBytes(tree)));
        Assert.True(Verifier.Certify(Network.Certify(checkpoint, time), time).TryGet(out var certified, out _));
        return certified;
    }
}
