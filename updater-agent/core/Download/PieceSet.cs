namespace SupplyChain.UpdaterAgent.Core.Download;

/// <summary>Which pieces of one artifact are kept: a set of indexes below a fixed count.</summary>
public sealed class PieceSet
{
    private readonly bool[] _has;

    /// <exception cref="ArgumentOutOfRangeException"><paramref name="total"/> is negative.</exception>
    public PieceSet(int total)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(total);
        _has = new bool[total];
    }

    /// <summary>How many pieces the artifact has.</summary>
    public int Total => _has.Length;

    /// <summary>How many of them are in the set.</summary>
    public int Count { get; private set; }

    public bool IsWhole => Count == Total;

    public bool Contains(int piece) => _has[piece];

    /// <returns>Whether the piece is new to the set.</returns>
    public bool Add(int piece)
    {
        if (_has[piece]) return false;

        _has[piece] = true;
        Count++;
        return true;
    }
}
