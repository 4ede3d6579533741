using SupplyChain.ThresholdSig.Field;

namespace SupplyChain.ThresholdSig.Curve;

/// <summary>The subgroup of prime order r on y² = x³ + 4 over Fp.</summary>
internal static class G1
{
    /// <summary>Bytes of a compressed point.</summary>
    public const int Size = Fp.Size;

    // A cube root of unity in Fp; of the two, the one that makes φ act as −x² on the subgroup.
    private static readonly Fp Beta = Fp.Constant(
        "05f19672fdf76ce51ba69c6076a0f77eaddb3a93be6f89688de17d813620a00022e01fffffffefffe");

    public static Point<Fp> Generator { get; } = new(
        Fp.Constant("17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb"),
        Fp.Constant("08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1"));

    /// <summary>Reads a point of the subgroup other than the identity; refuses everything else.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Point<Fp> point) =>
        PointEncoding.TryRead(bytes, out point) && IsInSubgroup(point);

    /// <summary>
    /// Whether a point of the curve has order r, by φ(P) = −x²·P (Scott, eprint 2021/1130), at a third of the price
    /// of multiplying by r.
    /// </summary>
    public static bool IsInSubgroup(in Point<Fp> point)
    {
        Point<Fp> squared = point.MultiplyVartime(CurveParameter.Magnitude).MultiplyVartime(CurveParameter.Magnitude);
        return Endomorphism(point) == -squared;
    }

    /// <summary>Moves any point of the curve into the subgroup: 1 − x times it (RFC 9380 §8.8.1, h_eff).</summary>
    public static Point<Fp> ClearCofactor(in Point<Fp> point) => point.MultiplyVartime(CurveParameter.Magnitude + 1);

    // φ(x, y) = (βx, y).
    private static Point<Fp> Endomorphism(in Point<Fp> point) => new(point.X * Beta, point.Y, point.Z);
}
