using SupplyChain.ThresholdSig.Field;

namespace SupplyChain.ThresholdSig.Sharing;

/// <summary>Interpolation of a polynomial at zero from its values at distinct member indexes.</summary>
internal static class Lagrange
{
    /// <summary>
    /// The weights λᵢ with f(0) = Σ λᵢ·f(xᵢ) for every polynomial f of degree below the number of indexes:
    /// λᵢ = Π xⱼ / (xⱼ − xᵢ) over all other j. Indexes are public, distinct and not zero.
    /// </summary>
    public static Scalar[] AtZero(ReadOnlySpan<int> indexes)
    {
        var weights = new Scalar[indexes.Length];
        for (int i = 0; i < indexes.Length; i++)
        {
            var xi = Scalar.FromInteger((ulong)indexes[i]);
            Scalar numerator = Scalar.One;
            Scalar denominator = Scalar.One;
            for (int j = 0; j < indexes.Length; j++)
            {
                if (j == i) continue;

                var xj = Scalar.FromInteger((ulong)indexes[j]);
                numerator *= xj;
                denominator *= xj - xi;
            }

            weights[i] = numerator * denominator.Invert();
        }

        return weights;
    }
}
