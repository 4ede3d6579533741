using System.Globalization;
using System.Numerics;
using SupplyChain.Tests.Kit;
using SupplyChain.ThresholdSig.Field;

namespace SupplyChain.ThresholdSig.Tests.Field;

/// <summary>
/// Both prime fields against the framework's big integers, at random and where carries run through every limb.
/// </summary>
public sealed class ArithmeticTests
{
    private static readonly BigInteger P = Hex(
        "01a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab");

    private static readonly BigInteger R = Hex("073eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001");

    [Fact]
    public void Base_field_arithmetic_agrees_with_big_integers() => ForAll.Seeds(200, random =>
    {
        (BigInteger a, BigInteger b) = (DrawInteger(random, P, 48), DrawInteger(random, P, 48));
        (Fp x, Fp y) = (ToFp(a), ToFp(b));
        Assert.Equal((a + b) % P, FromFp(x + y));
        Assert.Equal((a - b + P) % P, FromFp(x - y));
        Assert.Equal(a * b % P, FromFp(x * y));
        Assert.Equal(a * a % P, FromFp(x.Square()));
        Assert.Equal(BigInteger.ModPow(a, P - 2, P), FromFp(x.Invert()));
        Assert.Equal(a > (P - 1) / 2 ? ulong.MaxValue : 0, x.LargerMask());
        Assert.Equal(!a.IsEven, x.IsOdd());
    });

    [Fact]
    public void The_larger_of_two_opposites_is_told_by_c1_and_by_c0_where_that_is_zero() => ForAll.Seeds(50, random =>
    {
        Fp2 a = Draw.Fp2(random);
        Assert.Equal(a.C1.LargerMask(), a.LargerMask());
        Assert.Equal(ulong.MaxValue, a.LargerMask() ^ (-a).LargerMask());

        var real = new Fp2(a.C0, Fp.Zero);
        Assert.Equal(a.C0.LargerMask(), real.LargerMask());
        Assert.Equal(0ul, Fp2.Zero.LargerMask());
    });

    [Fact]
    public void A_sum_of_products_and_a_product_of_unreduced_sums_are_reduced() => ForAll.Seeds(200, random =>
    {
        BigInteger[] n = [.. Enumerable.Range(0, 4).Select(_ => DrawInteger(random, P, 48))];
        Fp[] x = [.. n.Select(ToFp)];
        Assert.Equal(((n[0] * n[1]) + (n[2] * n[3])) % P, FromFp(Fp.SumOfProducts(x[0], x[1], x[2], x[3])));
        Assert.Equal((n[0] + n[1]) * n[2] % P, FromFp(Fp.AddUnreduced(x[0], x[1]) * x[2]));
        Assert.Equal((n[0] + n[1]) * n[2] % P, FromFp(x[2] * Fp.AddUnreduced(x[0], x[1])));
    });

    [Fact]
    public void Scalar_arithmetic_agrees_with_big_integers() => ForAll.Seeds(200, random =>
    {
        (BigInteger a, BigInteger b) = (DrawInteger(random, R, 32), DrawInteger(random, R, 32));
        (Scalar x, Scalar y) = (ToScalar(a), ToScalar(b));
        Assert.Equal((a + b) % R, FromScalar(x + y));
        Assert.Equal((a - b + R) % R, FromScalar(x - y));
        Assert.Equal(a * b % R, FromScalar(x * y));
        Assert.Equal(BigInteger.ModPow(a, R - 2, R), FromScalar(x.Invert()));
    });

    [Fact]
    public void Wide_numbers_are_reduced() => ForAll.Seeds(100, random =>
    {
        byte[] wide = Draw.Bytes(random, 64);
        wide.AsSpan(0, random.Next(64)).Fill(0xff);
        var integer = new BigInteger(wide, isUnsigned: true, isBigEndian: true);
        Assert.Equal(integer % P, FromFp(Fp.Reduce(wide)));
        Assert.Equal(integer % R, FromScalar(Scalar.Reduce(wide)));
    });

    [Fact]
    public void A_square_root_is_found_exactly_where_there_is_one() => ForAll.Seeds(50, random =>
    {
        Fp a = Draw.Fp(random);
        Assert.True(a.Square().TrySquareRoot(out Fp root));
        Assert.True(root == a || root == -a);
        Assert.False((-a.Square()).TrySquareRoot(out _));

        Fp2 b = Draw.Fp2(random);
        Assert.True(b.Square().TrySquareRoot(out Fp2 root2));
        Assert.True(root2 == b || root2 == -b);
        Assert.False(b.Square().MultiplyByXi().TrySquareRoot(out _));

        // Where one half is zero, both a real square and the negative of one have a root.
        Fp2[] special = [new(a.Square(), Fp.Zero), new(-a.Square(), Fp.Zero), new Fp2(Fp.Zero, a).Square(), Fp2.Zero];
        foreach (Fp2 square in special)
        {
            Assert.True(square.TrySquareRoot(out Fp2 root3));
            Assert.Equal(square, root3.Square());
        }
    });

    [Fact]
    public void Numbers_not_below_the_modulus_and_other_lengths_are_refused()
    {
        Assert.True(Fp.TryRead(Bytes(P - 1, 48), out _));
        Assert.True(Scalar.TryRead(Bytes(R - 1, 32), out _));
        foreach (BigInteger tooLarge in new[] { P, P + 1, (BigInteger.One << 384) - 1 })
            Assert.False(Fp.TryRead(Bytes(tooLarge, 48), out _));
        foreach (BigInteger tooLarge in new[] { R, R + 1, (BigInteger.One << 256) - 1 })
            Assert.False(Scalar.TryRead(Bytes(tooLarge, 32), out _));

        foreach (int length in new[] { 0, 31, 33, 47, 49 })
        {
            Assert.False(Fp.TryRead(new byte[length], out _));
            Assert.False(Scalar.TryRead(new byte[length], out _));
        }
    }

    [Fact]
    public void Erased_scalars_are_gone()
    {
        var secrets = new SecretScalars(2);
        secrets[1] = Scalar.One;
        ref Scalar kept = ref secrets[1];
        secrets.Dispose();
        Assert.True(kept.IsZero);
        Assert.Throws<ObjectDisposedException>(() => secrets[1]);
    }

    // Every other number is near a power of two or near the modulus, where carries are longest.
    private static BigInteger DrawInteger(Random random, BigInteger modulus, int size)
    {
        var number = new BigInteger(Draw.Bytes(random, size), isUnsigned: true);
        return random.Next(4) switch
        {
            0 => modulus - 1 - random.Next(3),
            1 => (BigInteger.One << random.Next(8 * size)) - random.Next(2),
            _ => number,
        } % modulus;
    }

    private static BigInteger Hex(string digits) =>
        BigInteger.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static byte[] Bytes(BigInteger number, int size)
    {
        byte[] bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[size - bytes.Length], .. bytes];
    }

    private static Fp ToFp(BigInteger number)
    {
        Assert.True(Fp.TryRead(Bytes(number, Fp.Size), out Fp value));
        return value;
    }

    private static Scalar ToScalar(BigInteger number)
    {
        Assert.True(Scalar.TryRead(Bytes(number, Scalar.Size), out Scalar value));
        return value;
    }

    private static BigInteger FromFp(in Fp value)
    {
        var bytes = new byte[Fp.Size];
        value.Write(bytes);
        return new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
    }

    private static BigInteger FromScalar(in Scalar value)
    {
        var bytes = new byte[Scalar.Size];
        value.Write(bytes);
        return new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
    }
}
