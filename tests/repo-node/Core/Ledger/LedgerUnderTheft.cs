using System.Collections.Immutable;
using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;
using SupplyChain.RepoNode.Core.Ledger;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Core.Ledger;

/// <summary>
/// A ledger whose role <c>kernel</c> has lost its key to a thief. After every block it is compared with a log that is written apart,
/// and with its own replay from the first block on.
/// </summary>
public abstract class LedgerUnderTheft
{
    internal static readonly TestNetwork Network = TestNetwork.Create();
    internal static readonly TestGroup Stolen = Network.Maintainers, Renewed = new("kernel renewed"), Again = new("kernel again");

    // The thief's follow the honest ones; what is signed for the place of theirs by the new key comes later.
    internal static readonly Release First = TestNetwork.ReleaseOf("1.0.0"), Forged = TestNetwork.ReleaseOf("9.0.0", 2, First.Id());
    internal static readonly Promotion FirstPromoted = TestNetwork.PromotionOf(First), ForgedPromoted = TestNetwork.PromotionOf(Forged, FirstPromoted.Id());
    internal static readonly Release Honest = TestNetwork.ReleaseOf("1.1.0", 2, First.Id());
    internal static readonly Promotion HonestPromoted = TestNetwork.PromotionOf(Honest, FirstPromoted.Id());

    private readonly List<ImmutableArray<ReadOnlyMemory<byte>>> _blocks = [];
    private readonly List<Release> _taken = [];

    private protected LedgerState Ledger { get; private set; } =
        LedgerState.Genesis(Network.Root, Network.RootEnvelope, new RoleSignatures(64)).After;

    /// <summary>The same log, written apart: what nodes prove to agents.</summary>
    private protected TestLog Apart { get; } = new(Network);

    /// <summary>All releases in the log.</summary>
    private protected IReadOnlyList<Release> Taken => _taken;

    /// <returns>The last log index before the theft.</returns>
    private protected ulong Steal()
    {
        Take(Stolen, First);
        Take(Stolen, FirstPromoted);
        ulong last = Ledger.Size - 1;
        Take(Stolen, Forged);
        Take(Stolen, ForgedPromoted);
        Assert.Equal("9.0.0", Channel()!.Version.ToString());
        return last;
    }

    private protected void Rotate(ulong? after) => Take(Marked(after).SignedBy(Network.RootHolders));

    // The stolen key is replaced when it is marked for the first time.
    private protected TrustRoot Marked(ulong? after)
    {
        var next = Ledger.TrustRoot.Next();
        if (next.RoleFor(TestNetwork.Product)!.Earlier.Count == 0) next = next.WithKeyOf(TestNetwork.RoleName, Renewed);
        return next.WithMark(TestNetwork.RoleName, version: 1, after);
    }

    private protected void Take(TestGroup signer, Statement statement) => Take(signer.Sign(statement));

    // A block of its own; what it leads to is what the ledger apart and a replay from the first block on lead to.
    private protected void Take(params Envelope[] envelopes)
    {
        ulong height = (ulong)_blocks.Count + 1;
        ImmutableArray<ReadOnlyMemory<byte>> entries = [.. envelopes.Select(envelope => (ReadOnlyMemory<byte>)envelope.ToBytes())];
        Assert.True(Ledger.TryExecute(entries, 77, height, out var executed, out var refusal), refusal?.Name());
        Ledger = executed.After;
        _blocks.Add(entries);
        foreach (var envelope in envelopes)
        {
            Assert.True(Statement.TryRead(envelope, out var statement));
            if (statement is Release release) _taken.Add(release);
            Apart.Accept(statement, envelope);
        }

        Apart.Seal(77, height);
        Assert.Equal(Apart.Map.Root, Ledger.MapRoot);
        Assert.Equal(Apart.Checkpoint.Root, Ledger.LogRoot);
        Assert.Equal(Ledger.LogRoot, Replayed().LogRoot);
    }

    private LedgerState Replayed()
    {
        var state = LedgerState.Genesis(Network.Root, Network.RootEnvelope, new RoleSignatures(1)).After;
        for (int i = 0; i < _blocks.Count; i++) state = state.Replay(_blocks[i], 77, (ulong)i + 1).After;
        return state;
    }

    private protected ProductRow? Product() => LedgerRows.Product(Ledger.Map, TestNetwork.Product);

    private protected ChannelRow? Channel() => LedgerRows.Channel(Ledger.Map, TestNetwork.Product, TestNetwork.Channel);

    private protected ReleaseRow Release(string version) =>
        Assert.IsType<ReleaseRow>(LedgerRows.Release(Ledger.Map, TestNetwork.Product, TestNetwork.Version(version)));

    private protected void AssertRefused(string name, Envelope submission) => Assert.Equal(name, Ledger.Check(submission)?.Name());
}
