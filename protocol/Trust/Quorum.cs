using System.Diagnostics.CodeAnalysis;

namespace SupplyChain.Protocol.Trust;

/// <summary>How many nodes there are, may be Byzantine, and must agree: n = 3f+1, f, q = 2f+1 (docs/protocol.md §1).</summary>
public sealed record Quorum
{
    private const int Fewest = 4;

    /// <exception cref="ArgumentOutOfRangeException"><paramref name="nodes"/> is no 3f+1 from 4 to 64.</exception>
    public Quorum(int nodes)
    {
        if (!Exists(nodes)) throw new ArgumentOutOfRangeException(nameof(nodes), nodes, "A network has 3f+1 nodes, f ≥ 1.");
        Nodes = nodes;
    }

    /// <summary>n.</summary>
    public int Nodes { get; }

    /// <summary>f.</summary>
    public int Faulty => (Nodes - 1) / 3;

    /// <summary>q: two sets of so many share f+1 nodes, one of them honest.</summary>
    public int Required => 2 * Faulty + 1;

    public static bool TryCreate(int nodes, [NotNullWhen(true)] out Quorum? quorum)
    {
        quorum = Exists(nodes) ? new Quorum(nodes) : null;
        return quorum is not null;
    }

    private static bool Exists(int nodes) => nodes is >= Fewest and <= Limits.MaxNodes && nodes % 3 == 1;
}
