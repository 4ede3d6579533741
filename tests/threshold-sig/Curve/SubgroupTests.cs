using SupplyChain.Tests.Kit;
using SupplyChain.ThresholdSig.Curve;
using SupplyChain.ThresholdSig.Field;

namespace SupplyChain.ThresholdSig.Tests.Curve;

/// <summary>The endomorphism tests must say exactly what multiplying by the order says.</summary>
public sealed class SubgroupTests
{
    // (x − 1)²/3, the cofactor of G1, is 3·11²·10177²·859267²·52437899².
    private static readonly ulong[] SmallFactorsOfG1 = [3, 11, 10177, 859267, 52437899];

    [Fact]
    public void Multiples_of_the_generators_are_in_their_subgroups() => ForAll.Seeds(10, random =>
    {
        Assert.True(G1.IsInSubgroup(Draw.G1Point(random)));
        Assert.True(G2.IsInSubgroup(Draw.G2Point(random)));
    });

    [Fact]
    public void Other_points_of_the_curves_are_not() => ForAll.Seeds(10, random =>
    {
        Point<Fp> p = Draw.CurvePoint(random);
        Point<Fp2> q = Draw.TwistPoint(random);
        Assert.True(p.IsOnCurve());
        Assert.True(q.IsOnCurve());
        Assert.False(p.MultiplyVartime(Scalar.Order).IsIdentity);
        Assert.False(q.MultiplyVartime(Scalar.Order).IsIdentity);
        Assert.False(G1.IsInSubgroup(p));
        Assert.False(G2.IsInSubgroup(q));
    });

    [Fact]
    public void A_point_of_the_subgroup_plus_one_of_the_cofactor_is_refused() => ForAll.Seeds(10, random =>
    {
        Point<Fp> strayG1 = Draw.CurvePoint(random).MultiplyVartime(Scalar.Order);
        Point<Fp2> strayG2 = Draw.TwistPoint(random).MultiplyVartime(Scalar.Order);
        Assert.False(G1.IsInSubgroup(strayG1));
        Assert.False(G2.IsInSubgroup(strayG2));
        Assert.False(G1.IsInSubgroup(Draw.G1Point(random) + strayG1));
        Assert.False(G2.IsInSubgroup(Draw.G2Point(random) + strayG2));
    });

    [Fact]
    public void Points_of_each_small_order_are_refused()
    {
        var random = new Random(1);
        foreach (ulong order in SmallFactorsOfG1)
        {
            Point<Fp> small = PointOfOrder(order, random);
            Assert.True(small.MultiplyVartime(order).IsIdentity);
            Assert.False(G1.IsInSubgroup(small));
            Assert.False(G1.IsInSubgroup(G1.Generator + small));
        }
    }

    [Fact]
    public void Clearing_the_cofactor_leads_into_the_subgroup() => ForAll.Seeds(10, random =>
    {
        Point<Fp> cleared = G1.ClearCofactor(Draw.CurvePoint(random));
        Assert.True(cleared.MultiplyVartime(Scalar.Order).IsIdentity);
        Assert.False(cleared.IsIdentity);
    });

    private static Point<Fp> PointOfOrder(ulong order, Random random)
    {
        while (true)
        {
            // r and every other factor away; what is left has order 1, this factor or its square.
            Point<Fp> point = Draw.CurvePoint(random).MultiplyVartime(Scalar.Order);
            foreach (ulong other in SmallFactorsOfG1)
            {
                if (other != order)
                    point = point.MultiplyVartime(other).MultiplyVartime(other);
            }

            if (!point.MultiplyVartime(order).IsIdentity)
                point = point.MultiplyVartime(order);
            if (!point.IsIdentity) return point;
        }
    }
}
