using SupplyChain.Tests.Kit;
using SupplyChain.ThresholdSig.Curve;
using SupplyChain.ThresholdSig.Field;

namespace SupplyChain.ThresholdSig.Tests.Curve;

public sealed class PairingTests
{
    [Fact]
    public void A_pairing_is_linear_on_both_sides() => ForAll.Seeds(5, random =>
    {
        (Point<Fp> p1, Point<Fp> p2) = (Draw.G1Point(random), Draw.G1Point(random));
        (Point<Fp2> q1, Point<Fp2> q2) = (Draw.G2Point(random), Draw.G2Point(random));
        Assert.Equal(Pairing.Of(p1, q1) * Pairing.Of(p2, q1), Pairing.Of(p1 + p2, q1));
        Assert.Equal(Pairing.Of(p1, q1) * Pairing.Of(p1, q2), Pairing.Of(p1, q1 + q2));

        Scalar a = Draw.Scalar(random);
        var limbs = new ulong[4];
        a.CopyLimbs(limbs);
        Fp12 power = Power.Of(Pairing.Of(p1, q1), limbs);
        Assert.Equal(power, Pairing.Of(p1 * a, q1));
        Assert.Equal(power, Pairing.Of(p1, q1 * a));
    });

    [Fact]
    public void A_pairing_of_generators_is_not_one_and_has_order_r()
    {
        Fp12 value = Pairing.Of(G1.Generator, G2.Generator);
        Assert.NotEqual(Fp12.One, value);
        Assert.Equal(Fp12.One, Power.Of(value, Scalar.Order));
    }

    [Fact]
    public void A_pairing_with_an_identity_is_one()
    {
        Assert.Equal(Fp12.One, Pairing.Of(Point<Fp>.Identity, G2.Generator));
        Assert.Equal(Fp12.One, Pairing.Of(G1.Generator, Point<Fp2>.Identity));
    }

    [Fact]
    public void A_product_is_one_exactly_if_the_exponents_cancel() => ForAll.Seeds(5, random =>
    {
        (Scalar a, Scalar b) = (Draw.Scalar(random), Draw.Scalar(random));
        Point<Fp> p = Draw.G1Point(random);
        (Point<Fp>, LineTable)[] pairs =
        [
            (p * a, new LineTable(G2.Generator)),
            (p * b, new LineTable(G2.Generator)),
            (-p, new LineTable(G2.Generator * (a + b))),
        ];
        Assert.True(Pairing.ProductIsOne(pairs));

        pairs[1] = (p * (b + Scalar.One), pairs[1].Item2);
        Assert.False(Pairing.ProductIsOne(pairs));
    });
}
