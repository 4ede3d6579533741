using SupplyChain.ThresholdSig.Bls;
using SupplyChain.ThresholdSig.Curve;
using SupplyChain.ThresholdSig.Field;
using SupplyChain.ThresholdSig.KeyGeneration;
using SupplyChain.ThresholdSig.Sharing;
using SupplyChain.ThresholdSig.Signing;

namespace SupplyChain.ThresholdSig.Tests;

/// <summary>Values drawn from a seeded source.</summary>
internal static class Draw
{
    public static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    public static Scalar Scalar(Random random) => ThresholdSig.Field.Scalar.Reduce(Bytes(random, 48));

    public static Fp Fp(Random random) => ThresholdSig.Field.Fp.Reduce(Bytes(random, 64));

    public static Fp2 Fp2(Random random) => new(Fp(random), Fp(random));

    public static Point<Fp> G1Point(Random random) => G1.Generator * Scalar(random);

    public static Point<Fp2> G2Point(Random random) => G2.Generator * Scalar(random);

    /// <summary>Almost never in the subgroup: the cofactor is about 2¹²⁵.</summary>
    public static Point<Fp> CurvePoint(Random random) => HashToG1.MapToCurve(Fp(random));

    /// <summary>Almost never in the subgroup: the cofactor is about 2⁵⁰⁷.</summary>
    public static Point<Fp2> TwistPoint(Random random)
    {
        while (true)
        {
            Fp2 x = Fp2(random);
            Fp2 square = (x.Square() * x) + ThresholdSig.Field.Fp2.CurveB;
            if (square.TrySquareRoot(out Fp2 y)) return new Point<Fp2>(x, y);
        }
    }

    public static Polynomial Polynomial(Random random, int count)
    {
        var coefficients = new SecretScalars(count);
        for (int i = 0; i < count; i++)
            coefficients[i] = Scalar(random);

        return new Polynomial(coefficients);
    }

    /// <summary>A shared key as a finished ceremony leaves it: the public side, and a share for each member.</summary>
    public static (GroupKey Key, PrivateShare[] Shares) Group(Random random, Threshold threshold)
    {
        using Polynomial polynomial = Polynomial(random, threshold.Required);
        var key = new GroupKey(threshold, Commitment.To(polynomial));
        var shares = new PrivateShare[threshold.Members];
        for (int i = 0; i < shares.Length; i++)
            shares[i] = new PrivateShare(i + 1, polynomial.Evaluate(i + 1));

        return (key, shares);
    }

    public static Dealer[] Dealers(Random random, Threshold threshold, byte[] context) =>
        [.. Enumerable.Range(1, threshold.Members)
            .Select(i => Dealer.FromSeed(i, threshold, Bytes(random, 32), context))];

    public static (PublicKey Key, Func<byte[], Signature> Sign) KeyPair(Random random)
    {
        Scalar secret = Scalar(random);
        return (
            new PublicKey(G2.Generator * secret),
            message => new Signature(HashToG1.RandomOracle(message, Ciphersuite.Default.Tag) * secret));
    }
}
