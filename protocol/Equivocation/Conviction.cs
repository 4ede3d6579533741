namespace SupplyChain.Protocol.Equivocation;

/// <summary>A node of the trust root and the proof that it signed two histories. Only judging makes one.</summary>
public sealed class Conviction
{
    internal Conviction(int node, Evidence evidence)
    {
        Node = node;
        Evidence = evidence;
    }

    /// <summary>Its number in the root's order.</summary>
    public int Node { get; }

    public Evidence Evidence { get; }

    /// <summary>For people.</summary>
    public string Contradiction
    {
        get
        {
            var (first, second) = (Evidence.First.Checkpoint, Evidence.Second.Checkpoint);
            return first.Size == second.Size
                ? $"signed two roots of size {first.Size}: {first.Root} and {second.Root}"
                : $"signed root {first.Root} at size {first.Size}, which is no prefix of {second.Root} at size {second.Size}, signed too";
        }
    }
}
