namespace SupplyChain.Protocol.Trust;

/// <summary>Sorted and unique at once.</summary>
internal static class Order
{
    public static bool IsStrictlyRising<T>(IReadOnlyList<T> values, IComparer<T> comparer)
    {
        for (int i = 1; i < values.Count; i++)
        {
            if (comparer.Compare(values[i - 1], values[i]) >= 0) return false;
        }

        return true;
    }
}
