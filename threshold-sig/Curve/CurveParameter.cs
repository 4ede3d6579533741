namespace SupplyChain.ThresholdSig.Curve;

/// <summary>
/// The number x = −0xd201000000010000 from which p, r and both cofactors of BLS12-381 are polynomials.
/// </summary>
internal static class CurveParameter
{
    /// <summary>−x. It has few ones, so multiplying by it is mostly doubling.</summary>
    public const ulong Magnitude = 0xd201000000010000;
}
