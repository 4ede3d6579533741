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
        Assert.Null(Fresh.FloorOf("linux", "stable"));
    }

    [Fact]
    public void A_confirmation_is_kept_and_moves_time_on_and_never_back()
    {
        var boot = Digest.Of([1]);
        var state = Fresh.Confirm(new Confirmation(boot, 100, 5, Now));
        Assert.Equal((Now, new Confirmation(boot, 100, 5, Now)), (state.LatestTime, state.Confirmed));
        var earlier = state.Confirm(new Confirmation(boot, 200, 6, Now - 50));
        Assert.Equal((Now, new Confirmation(boot, 200, 6, Now)), (earlier.LatestTime, earlier.Confirmed));
        Assert.Equal(state.Confirmed, state.Advance(Certified(2, "a", Now)).RaiseFloor("linux", "stable", TestNetwork.Version("1.0.0")).Confirmed);
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
        var state = Fresh.RaiseFloor("linux", "stable", TestNetwork.Version("1.10.0")).RaiseFloor("linux", "stable", TestNetwork.Version("1.9.0"));
        Assert.Equal(TestNetwork.Version("1.10.0"), state.FloorOf("linux", "stable"));
        Assert.Null(state.FloorOf("linux", "nightly"));
        Assert.Equal(TestNetwork.Version("1.11.0"), state.RaiseFloor("linux", "stable", TestNetwork.Version("1.11.0")).FloorOf("linux", "stable"));
    }

    [Fact]
    public void Whatever_happens_in_whatever_order_nothing_goes_back() => ForAll.Seeds(200, random =>
    {
        var state = Fresh;
        ulong size = 0;
        for (int i = 0; i < 10; i++)
        {
            var next = random.Next(2) == 0
                ? state.RaiseFloor("linux", "stable", RandomStatements.Version(random))
                : state.Advance(Certified(size += (ulong)random.Next(1, 3), "a", Now + random.Next(-500, 500)));
            Assert.True(next.LatestTime >= state.LatestTime);
            Assert.True(state.Checkpoint is null || next.Checkpoint!.Size >= state.Checkpoint.Size);
            Assert.True(next.FloorOf("linux", "stable") >= state.FloorOf("linux", "stable"));
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
            $$$"""{"origin":"updates.example.org/test","trustRoot":1,"latestTime":{{{Now}}},"checkpoint":{"size":2,"root":"{{{certified.Checkpoint.Root}}}"},"floors":[{"product":"linux","channel":"stable","version":"1.0.0"}]}""",
            Utf8.UTF8.GetString(Fresh.Advance(certified).RaiseFloor("linux", "stable", TestNetwork.Version("1.0.0")).ToBytes()));
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
            .RaiseFloor("linux", "stable", TestNetwork.Version("2.0.0"))
            .RaiseFloor("linux", "nightly", TestNetwork.Version("2.1.0-rc.1"))
            .RaiseFloor("a", "z", TestNetwork.Version("1.0.0"))
            .ToBytes();

        Assert.True(TrustedState.TryRead(bytes, out var state));
        Assert.Equal(bytes, state.ToBytes());
        Assert.Equal(TestNetwork.Version("2.0.0"), state.FloorOf("linux", "stable"));
        Assert.False(TrustedState.TryRead([.. bytes, (byte)'\n'], out _));
        for (int length = 0; length < bytes.Length; length++) Assert.False(TrustedState.TryRead(bytes.AsSpan(0, length), out _));
    }

    [Theory]
    [InlineData("""{"origin":"o","trustRoot":0,"latestTime":1,"floors":[]}""")]
    [InlineData("""{"origin":"O","trustRoot":1,"latestTime":1,"floors":[]}""")]
    [InlineData("""{"origin":"o","trustRoot":1,"latestTime":1,"floors":[{"product":"b","channel":"c","version":"1.0.0"},{"product":"a","channel":"c","version":"1.0.0"}]}""")]
    [InlineData("""{"origin":"o","trustRoot":1,"latestTime":1,"floors":[{"product":"a","channel":"c","version":"1.0.0"},{"product":"a","channel":"c","version":"1.0.1"}]}""")]
    [InlineData("""{"origin":"o","trustRoot":1,"latestTime":1,"floors":[{"product":"A","channel":"c","version":"1.0.0"}]}""")]
    [InlineData("""{"origin":"o","trustRoot":1,"latestTime":1,"confirmed":{"boot":"4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a","uptime":1,"clock":1,"time":2},"floors":[]}""")]
    [InlineData("""{"origin":"o","trustRoot":1,"latestTime":1,"confirmed":{"boot":"4b","uptime":1,"clock":1,"time":1},"floors":[]}""")]
    [InlineData("""{"origin":"o","trustRoot":1,"latestTime":1,"confirmed":{"uptime":1,"clock":1,"time":1},"floors":[]}""")]
    [InlineData("""{"origin":"o","trustRoot":1,"latestTime":1,"checkpoint":{"size":9007199254740992,"root":"00"},"floors":[]}""")]
    public void A_state_that_breaks_a_rule_is_refused(string text) => Assert.False(TrustedState.TryRead(Utf8.UTF8.GetBytes(text), out _));

    private static CertifiedCheckpoint Certified(ulong size, string tree, long time)
    {
        var checkpoint = new Checkpoint(TestNetwork.Origin, new TreeSize(size), Digest.Of(Utf8.UTF8.GetBytes(tree)));
        Assert.True(Verifier.Certify(Network.Certify(checkpoint, time), time).TryGet(out var certified, out _));
        return certified;
    }
}
