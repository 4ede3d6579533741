using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;
using SupplyChain.RepoNode.Core.Consensus;

namespace SupplyChain.RepoNode.Core.Ledger;

/// <summary>
/// What all blocks so far have led to: the log's frontier, the map (docs/protocol.md §5) and what its rows were. Immutable; executing a
/// block makes the next one. All nodes that execute the same blocks have the same roots.
/// </summary>
public sealed class LedgerState
{
    private readonly Frontier _frontier;
    private readonly RoleSignatures _signatures;

    private LedgerState(
        TrustRoot root, Frontier frontier, MapTree map, StatementHistory history, ulong stateIndex, RoleSignatures signatures,
        RefusedRotations refusedRotations)
    {
        TrustRoot = root;
        _frontier = frontier;
        Map = map;
        History = history;
        StateIndex = stateIndex;
        _signatures = signatures;
        RefusedRotations = refusedRotations;
    }

    /// <summary>The trust root in force: a rotation's, from the entry after it on.</summary>
    public TrustRoot TrustRoot { get; }

    public MapTree Map { get; }

    /// <summary>What the map's rows go back to when a key is found to be compromised.</summary>
    internal StatementHistory History { get; }

    /// <summary>The digest that the last state leaf records.</summary>
    public Digest MapRoot => Map.Root;

    /// <summary>Entries in the log.</summary>
    public ulong Size => _frontier.Size.Value;

    public Frontier Frontier => _frontier;

    public Digest LogRoot => _frontier.Root;

    /// <summary>Index of the last state leaf: the size minus one after every executed block.</summary>
    public ulong StateIndex { get; }

    /// <summary>Shared, like the signatures, by all states that follow from one genesis.</summary>
    internal RefusedRotations RefusedRotations { get; }

    /// <summary>
    /// The log of two entries that every network begins with (docs/protocol.md §4): the envelope of trust root 1, and a
    /// state leaf of height 0.
    /// </summary>
    /// <param name="root">Trust root 1, whose own signature the reader has checked.</param>
    /// <param name="rootEnvelope">The entry it came in.</param>
    /// <param name="signatures">Shared by all states that follow from this one.</param>
    public static ExecutedBlock Genesis(TrustRoot root, Envelope rootEnvelope, RoleSignatures signatures)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(rootEnvelope);
        ArgumentOutOfRangeException.ThrowIfNotEqual(root.Version, 1UL);

        byte[] entry = rootEnvelope.ToBytes();
        var map = LedgerRows.WithRoot(MapTree.Empty, root, index: 0, rootEnvelope.Id);
        var frontier = Frontier.Empty.Append(LeafHash.Of(entry));
        var state = new LedgerState(
            root, frontier, map, StatementHistory.Empty, stateIndex: 0, signatures, new RefusedRotations(Bounds.RememberedRefusals));
        return state.Seal([entry], [], root.Created, height: 0, previous: null);
    }

    /// <summary>The ledger rule that refuses this submission now, or null.</summary>
    public LedgerRefusal? Check(Envelope submission)
    {
        ArgumentNullException.ThrowIfNull(submission);
        return LedgerRules.Check(this, _signatures, submission);
    }

    /// <summary>
    /// Appends a block's entries and its state leaf; a block without entries changes nothing. False when a rule refuses
    /// one of the entries on the state before it.
    /// </summary>
    /// <param name="entries">The envelopes as they stand in the block.</param>
    /// <param name="time">The block's time, Unix seconds.</param>
    /// <param name="height">The block's height.</param>
    /// <param name="executed">The new state and log entries.</param>
    /// <param name="refusal">The rule that refuses the first bad entry.</param>
    public bool TryExecute(
        ImmutableArray<ReadOnlyMemory<byte>> entries, long time, ulong height,
        [NotNullWhen(true)] out ExecutedBlock? executed, out LedgerRefusal? refusal)
    {
        executed = null;
        refusal = null;
        var state = this;
        var releases = ImmutableArray.CreateBuilder<Release>();
        foreach (var entry in entries)
        {
            refusal = Envelope.TryRead(entry.Span, out var envelope) ? state.Check(envelope) : LedgerRefusal.Malformed;
            if (refusal is not null) return false;

            state = state.Append(envelope!, out var statement);
            if (statement is Release release) releases.Add(release);
        }

        executed = state.Seal(entries, releases.ToImmutable(), time, height, previous: StateIndex);
        return true;
    }

    /// <summary>
    /// Executes a block that this node has executed before; only the signatures are not verified again.
    /// </summary>
    /// <exception cref="InvariantBrokenException">An entry is not an envelope with a statement.</exception>
    public ExecutedBlock Replay(ImmutableArray<ReadOnlyMemory<byte>> entries, long time, ulong height)
    {
        var state = this;
        var releases = ImmutableArray.CreateBuilder<Release>();
        foreach (var entry in entries)
        {
            bool read = Envelope.TryRead(entry.Span, out var envelope);
            Invariant.Holds(read && envelope is not null, "a stored entry is an envelope");
            state = state.Append(envelope, out var statement);
            if (statement is Release release) releases.Add(release);
        }

        return state.Seal(entries, releases.ToImmutable(), time, height, previous: StateIndex);
    }

    /// <summary>The state with one checked submission appended, its state leaf still to come.</summary>
    internal LedgerState Append(Envelope submission, out Statement statement)
    {
        bool read = Statement.TryRead(submission, out var known);
        Invariant.Holds(read && known is not null, "an appended entry is a statement");
        statement = known;
        return new LedgerState(
            statement is Rotation rotation ? rotation.Root : TrustRoot,
            _frontier.Append(LeafHash.Of(submission.ToBytes())),
            LedgerRows.After(this, submission.Id, statement),
            LedgerRows.HistoryAfter(this, submission.Id, statement),
            StateIndex,
            _signatures,
            RefusedRotations);
    }

    private ExecutedBlock Seal(
        ImmutableArray<ReadOnlyMemory<byte>> entries, ImmutableArray<Release> releases,
        long time, ulong height, ulong? previous)
    {
        if (entries.IsEmpty) return new ExecutedBlock(this, [], []);

        var leaf = new StateLeaf
        {
            Origin = TrustRoot.Origin,
            Height = height,
            Time = time,
            MapRoot = MapRoot,
            Previous = previous,
        };
        byte[] entry = leaf.ToEntry();
        var frontier = _frontier.Append(LeafHash.Of(entry));
        var after = new LedgerState(TrustRoot, frontier, Map, History, stateIndex: Size, _signatures, RefusedRotations);
        Invariant.Holds(after.StateIndex == after.Size - 1, "a state leaf is the last entry");
        return new ExecutedBlock(after, [.. entries, entry], releases);
    }
}
