using SupplyChain.Protocol.Verification;

namespace SupplyChain.UpdaterAgent.Core.Rounds;

/// <summary>The nodes that a question goes to, one after the other until one answers well, and what the others did instead.</summary>
internal sealed class Candidates
{
    private readonly Queue<int> _left = [];
    private readonly List<NodeFailure> _failures;
    private readonly HashSet<int> _convicted;
    private int _failuresBefore;

    /// <param name="convicted">Nodes that are asked nothing.</param>
    public Candidates(IEnumerable<int> convicted)
        : this([], [.. convicted])
    {
    }

    private Candidates(List<NodeFailure> failures, HashSet<int> convicted) => (_failures, _convicted) = (failures, convicted);

    /// <summary>Of every question so far, oldest first.</summary>
    public IReadOnlyList<NodeFailure> Failures => _failures;

    /// <summary>The node that has the question now.</summary>
    public int Asked { get; private set; }

    public bool AreLeft => _left.Count > 0;

    /// <summary>What verification refused since this question's first node was asked.</summary>
    public IReadOnlyList<Rejection> Rejections =>
        [.. _failures.Skip(_failuresBefore).Select(failure => failure.Fault.Rejection).OfType<Rejection>()];

    /// <summary>For a question in the middle of this one; what nodes do instead is noted in the same place.</summary>
    public Candidates Apart() => new(_failures, _convicted);

    /// <summary>Begins a question: these nodes have it, in this order, but for those convicted of two histories.</summary>
    public void Choose(IEnumerable<int> order)
    {
        _left.Clear();
        _failuresBefore = _failures.Count;
        foreach (int node in order.Where(node => !_convicted.Contains(node))) _left.Enqueue(node);
    }

    /// <summary>From now on the node has no question any more.</summary>
    public void Convict(int node) => _convicted.Add(node);

    public int Next() => Asked = _left.Dequeue();

    /// <summary>Notes what the node that was asked did.</summary>
    public void Failed(NodeFault fault) => Failed(Asked, fault);

    public void Failed(int node, NodeFault fault) => _failures.Add(new NodeFailure(node, fault));
}
