using SupplyChain.Protocol.Encoding;

namespace SupplyChain.Protocol.Log;

/// <summary>How many leaves a log has: 0 to <see cref="Limits.MaxTreeSize"/>.</summary>
public readonly record struct TreeSize : IComparable<TreeSize>
{
    /// <exception cref="ArgumentOutOfRangeException">Above <see cref="Limits.MaxTreeSize"/>.</exception>
    public TreeSize(ulong value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Limits.MaxTreeSize);
        Value = value;
    }

    public static TreeSize Zero => default;

    public ulong Value { get; }

    public static bool TryCreate(ulong value, out TreeSize size)
    {
        bool fits = value <= Limits.MaxTreeSize;
        size = fits ? new TreeSize(value) : default;
        return fits;
    }

    public int CompareTo(TreeSize other) => Value.CompareTo(other.Value);

    public static bool operator <(TreeSize left, TreeSize right) => left.Value < right.Value;

    public static bool operator >(TreeSize left, TreeSize right) => left.Value > right.Value;

    public static bool operator <=(TreeSize left, TreeSize right) => left.Value <= right.Value;

    public static bool operator >=(TreeSize left, TreeSize right) => left.Value >= right.Value;

    /// <summary>Decimal.</summary>
    public override string ToString() => StrictDecimal.Encode(Value);
}
