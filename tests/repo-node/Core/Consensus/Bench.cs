using System.Collections.Immutable;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Consensus.Proposing;
using SupplyChain.RepoNode.Core.Ledger;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Core.Consensus;

/// <summary>One replica under test, with everybody else's keys at hand to say anything to it.</summary>
internal sealed class Bench
{
    public static readonly TestNetwork Network = TestNetwork.Create();
    public static readonly Envelope Release = Network.Sign(TestNetwork.ReleaseOf("1.0.0"));
    private static readonly RoleSignatures Signatures = new(64);

    private readonly List<JournalRecord> _journal = [];

    /// <param name="self">Node 0 leads view 1, node 1 view 2, and so on.</param>
    /// <param name="silent">Whether it waits for its journal to be confirmed.</param>
    public Bench(byte self, bool silent = false)
    {
        Self = self;
        Genesis = ChainTip.Genesis(LedgerState.Genesis(Network.Root, Network.RootEnvelope, Signatures).After);
        Restart(silent);
    }

    public byte Self { get; }

    public Committee Committee { get; } = new(Network.Root);

    public ChainTip Genesis { get; }

    public Replica Replica { get; private set; } = null!;

    public DateTimeOffset Now { get; set; } = DateTimeOffset.FromUnixTimeSeconds(TestNetwork.Created + 50_000);

    /// <summary>All effects since the bench was made.</summary>
    public List<Effect> Log { get; } = [];

    /// <summary>As after a power cut: the journal is all that is left.</summary>
    public void Restart(bool silent = false)
    {
        var reread = _journal.Select(record =>
            JournalRecord.TryRead(record.Type, record.ToBody(), out var read)
                ? read
                : throw new InvalidOperationException("Unreadable record."));
        Replica = Replica.Restore(Committee, Network.Nodes[Self].VoteKey, Genesis, reread, silent);
        Step(new ReplicaEvent.Started());
    }

    public IReadOnlyList<Effect> Step(ReplicaEvent happened)
    {
        var effects = Replica.Step(happened, Now);
        _journal.AddRange(effects.OfType<Effect.Persist>().Select(effect => effect.Record));
        Log.AddRange(effects);
        return effects;
    }

    public IReadOnlyList<Effect> Hear(byte from, PeerMessage message) => Step(new ReplicaEvent.Received(from, message));

    public IReadOnlyList<Effect> Hear(Proposal proposal) =>
        Hear(proposal.Block.Header.Leader, new PeerMessage.Proposed(proposal));

    public IReadOnlyList<Effect> Hear(Vote vote) => Hear(vote.Signer, new PeerMessage.Voted(vote));

    public IReadOnlyList<Effect> Hear(Certificate certificate) =>
        Hear((byte)((Self + 1) % Committee.Size), new PeerMessage.Certified(certificate));

    /// <summary>The host answers every question for artifacts.</summary>
    public IReadOnlyList<Effect> HoldArtifacts() => Step(new ReplicaEvent.ArtifactsHeld(
    [
        .. Log.OfType<Effect.NeedArtifacts>().SelectMany(effect => effect.Artifacts),
    ]));

    public IReadOnlyList<Effect> Wait(TimeSpan time)
    {
        Now += time;
        return Step(new ReplicaEvent.TimerFired());
    }

    public Vote Sign(byte signer, VoteKind kind, View view, Digest block) =>
        Committee.Sign(Network.Nodes[signer].VoteKey, signer, kind, view, block);

    /// <summary>A certificate by the first q nodes.</summary>
    public Certificate Certify(VoteKind kind, View view, Digest block = default)
    {
        var signers = Enumerable.Range(0, Committee.Quorum.Required).Select(signer => (byte)signer);
        var votes = signers.Select(signer => Sign(signer, kind, view, block));
        return new Certificate(
            kind, view, block, [.. votes.Select(vote => new CertificateSignature(vote.Signer, vote.Signature))]);
    }

    /// <summary>A valid block on the genesis, unless told.</summary>
    public Block BlockIn(View view, params Envelope[] entries) => BlockOn(Genesis, view, Now, entries);

    public Block BlockOn(ChainTip parent, View view, DateTimeOffset time, params Envelope[] entries) =>
        BlockBuilder.Build(
            Committee, view, parent.Header, parent.Ledger,
            [.. entries.Select(entry => (ReadOnlyMemory<byte>)entry.ToBytes())], time);

    /// <summary>The tip after a block on the genesis.</summary>
    public ChainTip After(Block block) => Genesis.Replay(block, null, out _);

    /// <summary>The leader's proposal of a block, justified by these.</summary>
    public Proposal Propose(
        Block block, Certificate? parent = null, params ImmutableArray<Certificate> nullifications) =>
        new(
            block, new Justification(parent, nullifications),
            Sign(block.Header.Leader, VoteKind.Notarize, block.Header.View, block.Hash));

    /// <summary>The block with another header, and a body that still belongs to it.</summary>
    public static Block With(
        Block block, ulong? height = null, long? time = null, Digest? mapRoot = null, ulong? logSize = null)
    {
        var old = block.Header;
        var header = new Header(
            old.Epoch, old.View, height ?? old.Height, old.ParentView, old.ParentHash, time ?? old.Time, old.Leader,
            old.EntriesRoot, logSize ?? old.LogSize, old.LogRoot, mapRoot ?? old.MapRoot);
        return Block.TryCreate(header, block.Entries, out var changed)
            ? changed
            : throw new InvalidOperationException("No block.");
    }

    /// <summary>The own votes that were sent for the first time, as kinds.</summary>
    public static IReadOnlyList<VoteKind> Cast(IEnumerable<Effect> effects) =>
    [
        .. effects.OfType<Effect.Persist>().Select(effect => effect.Record)
            .OfType<JournalRecord.OwnVote>().Select(record => record.Vote.Kind),
    ];
}
