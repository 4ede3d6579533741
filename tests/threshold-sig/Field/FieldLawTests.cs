using SupplyChain.Tests.Kit;
using SupplyChain.ThresholdSig.Field;

namespace SupplyChain.ThresholdSig.Tests.Field;

public sealed class FieldLawTests
{
    [Fact]
    public void The_base_field_is_a_field() => HasFieldLaws(Draw.Fp);

    [Fact]
    public void The_scalars_are_a_field() => HasFieldLaws(Draw.Scalar);

    [Fact]
    public void The_quadratic_extension_is_a_field() => HasFieldLaws(Draw.Fp2);

    [Fact]
    public void The_sextic_extension_is_a_field() => HasFieldLaws(DrawFp6);

    [Fact]
    public void The_pairing_field_is_a_field() => HasFieldLaws(DrawFp12);

    [Fact]
    public void The_roots_the_tower_is_built_with_have_the_squares_and_cubes_they_should()
    {
        Fp2 u = new(Fp.Zero, Fp.One);
        Fp2 xi = Fp2.One + u;
        Fp6 v = new(Fp2.Zero, Fp2.One, Fp2.Zero);
        Fp12 w = new(Fp6.Zero, Fp6.One);
        Assert.Equal(-Fp2.One, u.Square());
        Assert.Equal(new Fp6(xi, Fp2.Zero, Fp2.Zero), v * v * v);
        Assert.Equal(new Fp12(v, Fp6.Zero), w.Square());
        Assert.Equal(xi * u, u.MultiplyByXi());
    }

    [Fact]
    public void Sparse_products_agree_with_whole_ones() => ForAll.Seeds(20, random =>
    {
        Fp6 a = DrawFp6(random);
        Fp12 f = DrawFp12(random);
        (Fp2 b0, Fp2 b1, Fp2 b4) = (Draw.Fp2(random), Draw.Fp2(random), Draw.Fp2(random));
        Assert.Equal(a * new Fp6(b0, b1, Fp2.Zero), a.MultiplySparse(b0, b1));
        Assert.Equal(a * new Fp6(Fp2.Zero, b1, Fp2.Zero), a.MultiplyByMiddle(b1));
        Assert.Equal(a * new Fp6(Fp2.Zero, Fp2.One, Fp2.Zero), a.MultiplyByV());

        var line = new Fp12(new Fp6(b0, b1, Fp2.Zero), new Fp6(Fp2.Zero, b4, Fp2.Zero));
        Assert.Equal(f * line, f.MultiplyByLine(b0, b1, b4));
    });

    [Fact]
    public void Frobenius_is_the_power_p() => ForAll.Seeds(3, random =>
    {
        Fp12 f = DrawFp12(random);
        ReadOnlySpan<ulong> p =
        [
            0xb9feffffffffaaab, 0x1eabfffeb153ffff, 0x6730d2a0f6b0f624,
            0x64774b84f38512bf, 0x4b1ba7b6434bacd7, 0x1a0111ea397fe69a,
        ];
        Assert.Equal(Power.Of(f, p), f.Frobenius());

        Fp12 sixth = f;
        for (int i = 0; i < 6; i++)
            sixth = sixth.Frobenius();
        Assert.Equal(f.Conjugate(), sixth);
    });

    [Fact]
    public void Cyclotomic_squares_are_squares_in_the_cyclotomic_subgroup() => ForAll.Seeds(20, random =>
    {
        Fp12 f = DrawFp12(random);
        f = f.Conjugate() * f.Invert();
        f = f.Frobenius().Frobenius() * f;
        Assert.Equal(f.Square(), f.CyclotomicSquare());
        Assert.Equal(Fp12.One, f * f.Conjugate());
    });

    private static Fp6 DrawFp6(Random random) => new(Draw.Fp2(random), Draw.Fp2(random), Draw.Fp2(random));

    private static Fp12 DrawFp12(Random random) => new(DrawFp6(random), DrawFp6(random));

    private static void HasFieldLaws<T>(Func<Random, T> draw)
        where T : unmanaged, IField<T> => ForAll.Seeds(30, random =>
    {
        (T a, T b, T c) = (draw(random), draw(random), draw(random));
        Assert.Equal(a + b, b + a);
        Assert.Equal(a * b, b * a);
        Assert.Equal(a + b + c, a + (b + c));
        Assert.Equal(a * b * c, a * (b * c));
        Assert.Equal(a * (b + c), (a * b) + (a * c));
        Assert.Equal(a * (b - c), (a * b) - (a * c));

        Assert.False(a.IsZero);
        Assert.Equal(a, a + T.Zero);
        Assert.Equal(a, a * T.One);
        Assert.True((a * T.Zero).IsZero);
        Assert.Equal(a, a + b - b);
        Assert.Equal(-a, T.Zero - a);
        Assert.Equal(T.Zero, -T.Zero);
        Assert.Equal(T.One, a * a.Invert());
        Assert.Equal(T.Zero, T.Zero.Invert());

        Assert.Equal(a * a, a.Square());
        Assert.Equal(a + a, a.Double());
        Assert.Equal(a * a * a * a * a, Power.Of(a, [5]));
        Assert.Equal(a, T.Select(ulong.MaxValue, a, b));
        Assert.Equal(b, T.Select(0, a, b));
    });
}
