namespace SupplyChain.UpdaterAgent.Core.Download;

/// <summary>One request: this piece from this node.</summary>
public sealed record Assignment(int Piece, int Node);

/// <summary>
/// Decides which node is asked for which piece (docs/protocol.md §7 step 11): all nodes at once, each piece until some
/// node gives it, a node that lied never again. Time is what the caller's clock shows since the download began.
/// </summary>
public sealed class DownloadPlan
{
    private readonly DownloadLimits _limits;
    private readonly PieceSet _kept;
    private readonly Source[] _sources;
    private readonly int?[] _failedLastAt;
    private readonly List<Flight> _flights = [];
    private readonly SortedSet<int> _waiting;

    /// <param name="kept">Pieces from an earlier run; grows as pieces arrive.</param>
    /// <param name="nodes">How many nodes there are; they are numbered from 0.</param>
    /// <param name="limits">When to give a piece to another node.</param>
    public DownloadPlan(PieceSet kept, int nodes, DownloadLimits limits)
    {
        ArgumentNullException.ThrowIfNull(kept);
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(nodes);
        _kept = kept;
        _limits = limits;
        _sources = [.. Enumerable.Range(0, nodes).Select(node => new Source(node))];
        _failedLastAt = new int?[kept.Total];
        _waiting = [.. Enumerable.Range(0, kept.Total).Where(piece => !kept.Contains(piece))];
    }

    public bool IsComplete => _kept.IsWhole;

    /// <summary>Pieces are missing and no node is left to ask.</summary>
    public bool IsHopeless => !IsComplete && !_sources.Any(source => source.Standing == NodeStanding.InUse);

    public int InFlight => _flights.Count;

    public IReadOnlyList<NodeConduct> Conduct =>
        [.. _sources.Select(s => new NodeConduct(s.Node, s.Standing, s.Pieces, [.. s.Faults]))];

    /// <summary>The next request to start now, or null: then wait for an answer or <see cref="NextTry"/>.</summary>
    public Assignment? Next(TimeSpan now)
    {
        foreach (var source in Free(now))
        {
            if (PieceFor(source, now) is not { } piece) continue;

            var assignment = new Assignment(piece, source.Node);
            _waiting.Remove(piece);
            _flights.Add(new Flight(assignment, now));
            return assignment;
        }

        return null;
    }

    /// <summary>When a resting node may be asked again, or a piece in flight asked for twice; null when nothing is to come.</summary>
    public TimeSpan? NextTry(TimeSpan now)
    {
        var rests = _sources.Where(s => s.Standing == NodeStanding.InUse && s.RestsUntil > now).Select(s => s.RestsUntil);
        var hedges = _flights.Select(flight => flight.Started + _limits.HedgeAfter).Where(at => at > now);
        var times = rests.Concat(hedges).ToList();
        return times.Count == 0 ? null : times.Min();
    }

    /// <summary>The request has this many bytes so far.</summary>
    public void Progress(Assignment assignment, long bytes, TimeSpan now)
    {
        var flight = Find(assignment);
        if (bytes <= flight.Bytes) return;

        flight.Bytes = bytes;
        flight.LastByte = now;
    }

    /// <summary>The requests to cancel: no byte for too long, or slower than the minimum rate. Report each as failed.</summary>
    public IReadOnlyList<Assignment> Overdue(TimeSpan now) =>
        [.. _flights.Where(flight => IsOverdue(flight, now)).Select(flight => flight.Assignment)];

    /// <summary>A piece arrived, fits the tree and is stored.</summary>
    /// <returns>Requests for the same piece elsewhere, to be cancelled; they need no further report.</returns>
    public IReadOnlyList<Assignment> Kept(Assignment assignment)
    {
        _flights.Remove(Find(assignment));
        var source = _sources[assignment.Node];
        source.FailuresInARow = 0;
        if (_kept.Add(assignment.Piece)) source.Pieces++;

        var twins = _flights.Where(flight => flight.Assignment.Piece == assignment.Piece).ToList();
        twins.ForEach(twin => _flights.Remove(twin));
        return [.. twins.Select(twin => twin.Assignment)];
    }

    /// <summary>The request failed: the piece waits for another node, and this one rests, is dropped, or is a liar.</summary>
    /// <returns>The liar's other requests, to be cancelled; they need no further report.</returns>
    public IReadOnlyList<Assignment> Failed(Assignment assignment, NodeFault fault, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(fault);
        Return(Find(assignment));
        return Blame(assignment.Node, fault, now);
    }

    /// <summary>A node failed outside of any piece, such as with the tree.</summary>
    /// <returns>As <see cref="Failed"/>.</returns>
    public IReadOnlyList<Assignment> Blame(int node, NodeFault fault, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(fault);
        var source = _sources[node];
        source.Faults.Add(fault);
        if (source.Standing != NodeStanding.InUse) return [];

        // Requests that break together are one failure: a node at rest has been counted.
        bool rests = source.RestsUntil > now;
        if (!rests) source.FailuresInARow++;
        if (fault.IsLie) source.Standing = NodeStanding.Liar;
        else if (rests) return [];
        else if (source.FailuresInARow >= _limits.FailuresPerNode) source.Standing = NodeStanding.Dropped;
        else source.RestsUntil = now + (_limits.Rest * (1 << (source.FailuresInARow - 1)));
        if (source.Standing != NodeStanding.Liar) return [];

        var others = _flights.Where(flight => flight.Assignment.Node == node).ToList();
        others.ForEach(Return);
        return [.. others.Select(flight => flight.Assignment)];
    }

    // The least busy first, then the one that has given most: a fast node empties its slots and is asked again sooner.
    private IEnumerable<Source> Free(TimeSpan now) =>
        _sources
            .Where(source => source.Standing == NodeStanding.InUse && source.RestsUntil <= now)
            .Select(source => (source, busy: _flights.Count(flight => flight.Assignment.Node == source.Node)))
            .Where(free => free.busy < _limits.PerNode)
            .OrderBy(free => free.busy).ThenByDescending(free => free.source.Pieces)
            .Select(free => free.source);

    private int? PieceFor(Source source, TimeSpan now)
    {
        bool last = _sources.Count(other => other.Standing == NodeStanding.InUse) == 1;
        foreach (var piece in _waiting)
        {
            if (last || _failedLastAt[piece] != source.Node) return piece;
        }

        // Nothing waits: help with what is late elsewhere, so that one slow node cannot hold the last piece.
        return _flights
            .Where(flight => flight.Started + _limits.HedgeAfter <= now)
            .OrderBy(flight => flight.Started)
            .Select(flight => flight.Assignment.Piece)
            .Where(piece => _flights.Count(flight => flight.Assignment.Piece == piece) == 1)
            .Where(piece => !_flights.Any(f => f.Assignment.Piece == piece && f.Assignment.Node == source.Node))
            .Select(piece => (int?)piece)
            .FirstOrDefault();
    }

    private bool IsOverdue(Flight flight, TimeSpan now)
    {
        if (now - flight.LastByte >= _limits.Stall) return true;

        var lasted = now - flight.Started;
        return lasted >= _limits.Grace && flight.Bytes < lasted.TotalSeconds * _limits.MinimumRate;
    }

    private void Return(Flight flight)
    {
        _flights.Remove(flight);
        var piece = flight.Assignment.Piece;
        _failedLastAt[piece] = flight.Assignment.Node;
        bool elsewhere = _flights.Any(other => other.Assignment.Piece == piece);
        if (!elsewhere && !_kept.Contains(piece)) _waiting.Add(piece);
    }

    private Flight Find(Assignment assignment) =>
        _flights.Find(flight => flight.Assignment == assignment)
        ?? throw new ArgumentException("This request is not in flight.", nameof(assignment));

    private sealed class Source(int node)
    {
        public int Node { get; } = node;
        public NodeStanding Standing { get; set; }
        public int Pieces { get; set; }
        public int FailuresInARow { get; set; }
        public TimeSpan RestsUntil { get; set; }
        public List<NodeFault> Faults { get; } = [];
    }

    private sealed class Flight(Assignment assignment, TimeSpan started)
    {
        public Assignment Assignment { get; } = assignment;
        public TimeSpan Started { get; } = started;
        public TimeSpan LastByte { get; set; } = started;
        public long Bytes { get; set; }
    }
}
