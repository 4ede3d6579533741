using System.Collections.Immutable;
using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Ledger;
using SupplyChain.Simulation.Tests.World;

namespace SupplyChain.Simulation.Tests.Adversaries;

/// <summary>
/// A node that follows the protocol inside, so that it knows what is going on, and says something else outside. It
/// holds its own keys and nobody else's, and has a faster line than everybody else.
/// </summary>
internal abstract class Adversary(SimulatedNetwork simulation, byte index) : SimulatedNode(simulation, index)
{
    private readonly Dictionary<(VoteKind Kind, View View), Certificate> _certificates = [];

    // Final blocks with the ledgers after them, oldest first: what it can build on.
    private readonly List<ChainTip> _tips = [ChainTip.Genesis(simulation.Genesis)];

    public override bool IsHonest => false;

    protected Random Random => Simulation.Random;

    protected IEnumerable<byte> Peers => Simulation.Others(Index);

    /// <summary>Every final block it had, oldest first; the genesis is the first.</summary>
    protected IReadOnlyList<ChainTip> Tips => _tips;

    protected bool Leads(View view) => Simulation.Committee.Leader(view) == Index;

    public override void Handle(ReplicaEvent happened)
    {
        if (happened is ReplicaEvent.Received(_, var message)) Overhear(message);
        base.Handle(happened);
    }

    // Nothing binds it: it forgets what it said.
    protected override IEnumerable<JournalRecord> RestoredJournal() => [];

    protected override void Store(FinalBlock final)
    {
        base.Store(final);
        if (final.Block.Header.Height > _tips[^1].Header.Height)
            _tips.Add(new ChainTip(final.Block.Header, final.Finalisation, final.Executed.After));
    }

    protected Vote Sign(VoteKind kind, View view, Digest block)
    {
        byte[] signed = Vote.SignedBytes(Simulation.Committee.Origin, Simulation.Committee.Epoch, kind, view, block);
        return new Vote(kind, view, block, Index, new VoteSignature(Keys.VoteKey.Sign(signed)));
    }

    protected Certificate? Certificate(VoteKind kind, View view) => _certificates.GetValueOrDefault((kind, view));

    /// <summary>A proposal with whatever certificates it knows: too few, if the parent may not be built on.</summary>
    protected Proposal? Propose(Block block)
    {
        var header = block.Header;
        var parent = _tips.Find(tip => tip.Header.Hash == header.ParentHash)?.Finalisation
            ?? Certificate(VoteKind.Finalize, header.ParentView)
            ?? Certificate(VoteKind.Notarize, header.ParentView);
        if (parent is null && header.ParentView != View.Genesis) return null;
        if (parent is not null && parent.Block != header.ParentHash) return null;

        var between = _certificates.Values
            .Where(known => known.Kind == VoteKind.Nullify)
            .Where(known => known.View > header.ParentView && known.View < header.View)
            .OrderBy(known => known.View);
        var justification = new Justification(header.ParentView == View.Genesis ? null : parent, [.. between]);
        return new Proposal(block, justification, Sign(VoteKind.Notarize, header.View, header.Hash));
    }

    /// <summary>
    /// A block on a final one, valid except for what <paramref name="distort"/> does to its header, and for its entries
    /// if no rule checks them.
    /// </summary>
    protected Block? Build(
        ChainTip parent, View view, ImmutableArray<ReadOnlyMemory<byte>> entries, long time,
        Func<Header, Header>? distort = null, ulong? height = null)
    {
        ulong next = height ?? parent.Header.Height + 1;
        LedgerState after;
        try
        {
            after = parent.Ledger.Replay(entries, time, next).After;
        }
        catch (InvariantBrokenException)
        {
            return null;
        }

        var header = new Header(
            Simulation.Committee.Epoch, view, next, parent.Header.View, parent.Header.Hash, time,
            Simulation.Committee.Leader(view), Block.RootOf(entries), after.Size, after.LogRoot, after.MapRoot);
        return Block.TryCreate(distort?.Invoke(header) ?? header, entries, out var block) ? block : null;
    }

    /// <summary>The published statements that can be ordered on a ledger, at most so many.</summary>
    protected static ImmutableArray<ReadOnlyMemory<byte>> EntriesOn(LedgerState ledger, int most = 1)
    {
        var entries = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        foreach (var statement in Publishers.Chain.Concat(Publishers.Rivals))
        {
            if (entries.Count == most) break;
            if (ledger.Check(statement) is not null) continue;
            if (!ledger.TryExecute([statement.ToBytes()], 0, 1, out var executed, out _)) continue;

            entries.Add(statement.ToBytes());
            ledger = executed.After;
        }

        return entries.ToImmutable();
    }

    protected long SecondsNow => Simulation.Time.Now.ToUnixTimeSeconds();

    private void Overhear(PeerMessage message)
    {
        switch (message)
        {
            case PeerMessage.Certified(var certificate): Keep(certificate); break;
            case PeerMessage.Proposed(var proposal):
                foreach (var certificate in proposal.Justification.Certificates()) Keep(certificate);
                break;
        }
    }

    private void Keep(Certificate certificate) => _certificates[(certificate.Kind, certificate.View)] = certificate;
}
