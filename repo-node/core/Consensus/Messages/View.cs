namespace SupplyChain.RepoNode.Core.Consensus.Messages;

/// <summary>One attempt at one block. View 0 is the epoch's genesis; the first view with a leader is 1.</summary>
public readonly record struct View(ulong Number) : IComparable<View>
{
    /// <summary>The view of the genesis header.</summary>
    public static View Genesis => default;

    public View Next => new(Number + 1);

    /// <exception cref="OverflowException">There is no view before the genesis.</exception>
    public View Previous => new(Number - 1);

    public int CompareTo(View other) => Number.CompareTo(other.Number);

    public override string ToString() => $"view {Number}";

    public static bool operator <(View left, View right) => left.Number < right.Number;

    public static bool operator >(View left, View right) => left.Number > right.Number;

    public static bool operator <=(View left, View right) => left.Number <= right.Number;

    public static bool operator >=(View left, View right) => left.Number >= right.Number;

    public static View Max(View left, View right) => left < right ? right : left;
}
