using SupplyChain.ThresholdSig.Field;

namespace SupplyChain.ThresholdSig.Sharing;

/// <summary>
/// A secret polynomial f of degree t − 1 over the scalars (Shamir): f(0) is shared, f(i) is member i's share, any t
/// shares determine f and fewer say nothing about f(0).
/// </summary>
internal sealed class Polynomial(SecretScalars coefficients) : IDisposable
{
    public int Count => coefficients.Count;

    public ref readonly Scalar ConstantTerm => ref coefficients[0];

    public ref readonly Scalar this[int power] => ref coefficients[power];

    /// <summary>f(index), by Horner's rule.</summary>
    public Scalar Evaluate(int index)
    {
        var at = Scalar.FromInteger((ulong)index);
        Scalar value = Scalar.Zero;
        for (int power = Count - 1; power >= 0; power--)
            value = (value * at) + coefficients[power];

        return value;
    }

    public void Dispose() => coefficients.Dispose();
}
