using SupplyChain.Tests.Kit;
using SupplyChain.ThresholdSig.Curve;
using SupplyChain.ThresholdSig.Field;

namespace SupplyChain.ThresholdSig.Tests.Curve;

public sealed class GroupLawTests
{
    [Fact]
    public void G1_is_a_group_of_order_r() => HasGroupLaws(Draw.G1Point);

    [Fact]
    public void G2_is_a_group_of_order_r() => HasGroupLaws(Draw.G2Point);

    [Fact]
    public void Multiplying_in_constant_time_agrees_with_double_and_add() => ForAll.Seeds(10, random =>
    {
        Scalar scalar = Draw.Scalar(random);
        var limbs = new ulong[4];
        scalar.CopyLimbs(limbs);
        Point<Fp> p = Draw.CurvePoint(random);
        Point<Fp2> q = Draw.TwistPoint(random);
        Assert.Equal(p.MultiplyVartime(limbs), p * scalar);
        Assert.Equal(q.MultiplyVartime(limbs), q * scalar);
    });

    [Fact]
    public void A_sum_of_multiples_agrees_with_adding_them_up() => ForAll.Seeds(5, random =>
    {
        for (int count = 0; count < 5; count++)
        {
            Point<Fp>[] points = [.. Enumerable.Range(0, count).Select(_ => Draw.G1Point(random))];
            Scalar[] scalars = [.. Enumerable.Range(0, count).Select(_ => Draw.Scalar(random))];
            Point<Fp> sum = Point<Fp>.Identity;
            for (int i = 0; i < count; i++)
                sum += points[i] * scalars[i];

            Assert.Equal(sum, MultiScalar.SumVartime<Fp>(points, scalars));
        }
    });

    private static void HasGroupLaws<TField>(Func<Random, Point<TField>> draw)
        where TField : unmanaged, ICurveField<TField> => ForAll.Seeds(10, random =>
    {
        (Point<TField> p, Point<TField> q, Point<TField> r) = (draw(random), draw(random), draw(random));
        Point<TField> identity = Point<TField>.Identity;
        Assert.Equal(p + q, q + p);
        Assert.Equal(p + q + r, p + (q + r));
        Assert.Equal(p, p + identity);
        Assert.Equal(p, identity + p);
        Assert.Equal(identity, p - p);
        Assert.Equal(identity, identity + identity);
        Assert.Equal(identity, identity.Double());
        Assert.Equal(p + p, p.Double());
        Assert.NotEqual(p, -p);
        Assert.NotEqual(p, identity);
        Assert.True((p + q).IsOnCurve());

        Assert.Equal(identity, p.MultiplyVartime(Scalar.Order));
        Assert.Equal(identity, p * Scalar.Zero);
        Assert.Equal(identity, identity * Draw.Scalar(random));
        Assert.Equal(-p, p * -Scalar.One);
        (Scalar a, Scalar b) = (Draw.Scalar(random), Draw.Scalar(random));
        Assert.Equal((p * a) + (p * b), p * (a + b));
        Assert.Equal(p * a * b, p * (a * b));
        Assert.Equal((p * a) + (q * a), (p + q) * a);
        Assert.Equal((p + q).Normalize().GetHashCode(), (q + p).GetHashCode());
    });
}
