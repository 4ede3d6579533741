using SupplyChain.ThresholdSig.Field;

namespace SupplyChain.ThresholdSig.Curve;

/// <summary>The subgroup of prime order r on the twist y² = x³ + 4(1 + u) over Fp2.</summary>
internal static class G2
{
    /// <summary>Bytes of a compressed point.</summary>
    public const int Size = 2 * Fp.Size;

    // ψ leads through Fp12, to the curve and back to the twist: these are ξ^(−(p−1)/3) and ξ^(−(p−1)/2).
    private static readonly Fp2 FactorX = Fp12.FrobeniusFactors[2].Invert();
    private static readonly Fp2 FactorY = Fp12.FrobeniusFactors[3].Invert();

    public static Point<Fp2> Generator { get; } = new(
        new Fp2(
            Fp.Constant("024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"),
            Fp.Constant("13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e")),
        new Fp2(
            Fp.Constant("0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801"),
            Fp.Constant("0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be")));

    /// <summary>Reads a point of the subgroup other than the identity; refuses everything else.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Point<Fp2> point) =>
        PointEncoding.TryRead(bytes, out point) && IsInSubgroup(point);

    /// <summary>
    /// Whether a point of the curve has order r, by ψ(P) = x·P (Scott, eprint 2021/1130), at a quarter of the price
    /// of multiplying by r.
    /// </summary>
    public static bool IsInSubgroup(in Point<Fp2> point) =>
        Endomorphism(point) == -point.MultiplyVartime(CurveParameter.Magnitude);

    // ψ: untwist, p-th power, twist.
    private static Point<Fp2> Endomorphism(in Point<Fp2> point) =>
        new(point.X.Conjugate() * FactorX, point.Y.Conjugate() * FactorY, point.Z.Conjugate());
}
