using SupplyChain.Tests.Kit;
using SupplyChain.ThresholdSig.Bls;
using SupplyChain.ThresholdSig.Curve;
using SupplyChain.ThresholdSig.Field;
using SupplyChain.ThresholdSig.Sharing;

namespace SupplyChain.ThresholdSig.Tests.Sharing;

public sealed class SharingTests
{
    [Fact]
    public void Any_t_shares_determine_the_secret() => ForAll.Seeds(30, random =>
    {
        int required = random.Next(1, 8);
        using Polynomial polynomial = Draw.Polynomial(random, required);
        int[] indexes = [.. Enumerable.Range(1, 255).OrderBy(_ => random.Next()).Take(required)];
        Assert.Equal(polynomial.ConstantTerm, Interpolate(polynomial, indexes));
    });

    [Fact]
    public void Fewer_shares_determine_something_else() => ForAll.Seeds(10, random =>
    {
        using Polynomial polynomial = Draw.Polynomial(random, 4);
        Assert.NotEqual(polynomial.ConstantTerm, Interpolate(polynomial, [1, 2, 3]));
    });

    [Fact]
    public void A_commitment_gives_the_public_key_of_every_share() => ForAll.Seeds(3, random =>
    {
        using Polynomial polynomial = Draw.Polynomial(random, 3);
        var commitment = Commitment.To(polynomial);
        Assert.Equal(new PublicKey(G2.Generator * polynomial.ConstantTerm), commitment.PublicKey);
        foreach (int index in (ReadOnlySpan<int>)[1, 2, 255])
            Assert.Equal(new PublicKey(G2.Generator * polynomial.Evaluate(index)), commitment.Evaluate(index));

        Assert.Throws<ArgumentOutOfRangeException>(() => commitment.Evaluate(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => commitment.Evaluate(256));
    });

    [Fact]
    public void The_sum_of_commitments_commits_to_the_sum() => ForAll.Seeds(3, random =>
    {
        using Polynomial f = Draw.Polynomial(random, 3);
        using Polynomial g = Draw.Polynomial(random, 3);
        Commitment sum = Commitment.To(f).Add(Commitment.To(g));
        Assert.Equal(new PublicKey(G2.Generator * (f.Evaluate(7) + g.Evaluate(7))), sum.Evaluate(7));

        using Polynomial longer = Draw.Polynomial(random, 4);
        Assert.Throws<ArgumentException>(() => sum.Add(Commitment.To(longer)));
    });

    [Fact]
    public void A_commitment_is_read_back_equal_and_in_one_length_only()
    {
        using Polynomial polynomial = Draw.Polynomial(new Random(1), 3);
        var commitment = Commitment.To(polynomial);
        byte[] bytes = commitment.ToBytes();
        Assert.Equal(3 * 96, bytes.Length);
        Assert.True(Commitment.TryRead(bytes, 3, out Commitment? again));
        Assert.Equal(commitment, again);
        Assert.Equal(commitment.GetHashCode(), again.GetHashCode());

        Assert.False(Commitment.TryRead(bytes, 2, out _));
        Assert.False(Commitment.TryRead(bytes, 4, out _));
        Assert.False(Commitment.TryRead(bytes.AsSpan(1), 3, out _));
        Assert.False(Commitment.TryRead([.. bytes, 0], 3, out _));
        Assert.False(Commitment.TryRead([], 1, out _));
    }

    [Fact]
    public void A_commitment_with_one_bad_point_is_refused()
    {
        using Polynomial polynomial = Draw.Polynomial(new Random(1), 3);
        byte[] bytes = Commitment.To(polynomial).ToBytes();
        byte[] stray = new byte[96];
        PointEncoding.Write(Draw.TwistPoint(new Random(2)), stray);
        byte[] identity = [0xc0, .. new byte[95]];
        foreach (byte[] bad in new[] { stray, identity })
        {
            for (int i = 0; i < 3; i++)
            {
                byte[] changed = [.. bytes];
                bad.CopyTo(changed, 96 * i);
                Assert.False(Commitment.TryRead(changed, 3, out _));
            }
        }
    }

    private static Scalar Interpolate(Polynomial polynomial, int[] indexes)
    {
        Scalar[] weights = Lagrange.AtZero(indexes);
        Scalar sum = Scalar.Zero;
        for (int i = 0; i < indexes.Length; i++)
            sum += weights[i] * polynomial.Evaluate(indexes[i]);

        return sum;
    }
}
