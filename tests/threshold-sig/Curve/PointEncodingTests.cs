using SupplyChain.Tests.Kit;
using SupplyChain.ThresholdSig.Curve;
using SupplyChain.ThresholdSig.Field;

namespace SupplyChain.ThresholdSig.Tests.Curve;

public sealed class PointEncodingTests
{
    // p, big endian.
    private const string Modulus =
        "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab";

    [Fact]
    public void Multiples_of_the_generator_of_G1_are_encoded_as_published() =>
        AgreesWithVectors("points/g1.txt", G1.Generator, G1.TryRead);

    [Fact]
    public void Multiples_of_the_generator_of_G2_are_encoded_as_published() =>
        AgreesWithVectors("points/g2.txt", G2.Generator, G2.TryRead);

    [SharedVectorsFact("points")]
    public void A_thousand_multiples_in_G1_are_encoded_as_published() =>
        AgreesWithFile("zkcrypto_g1_compressed_valid_test_vectors.dat", G1.Generator, G1.TryRead);

    [SharedVectorsFact("points")]
    public void A_thousand_multiples_in_G2_are_encoded_as_published() =>
        AgreesWithFile("zkcrypto_g2_compressed_valid_test_vectors.dat", G2.Generator, G2.TryRead);

    [Fact]
    public void What_is_written_is_read_back() => ForAll.Seeds(20, random =>
    {
        Assert.True(G1.TryRead(Encode(Draw.G1Point(random)), out Point<Fp> p));
        Assert.True(G2.TryRead(Encode(Draw.G2Point(random)), out Point<Fp2> q));
        Assert.Equal(Encode(p), Encode(-(-p)));
        Assert.NotEqual(Encode(p), Encode(-p));
        Assert.NotEqual(Encode(q), Encode(-q));
    });

    [Fact]
    public void Of_the_eight_combinations_of_flags_two_are_points()
    {
        byte[] g1 = Encode(G1.Generator);
        byte[] g2 = Encode(G2.Generator);
        for (int flags = 0; flags < 8; flags++)
        {
            bool expected = flags is 0b100 or 0b101;
            Assert.Equal(expected, G1.TryRead(WithFlags(g1, flags), out Point<Fp> p));
            Assert.Equal(expected, G2.TryRead(WithFlags(g2, flags), out Point<Fp2> q));
            if (!expected) continue;

            Assert.Equal(WithFlags(g1, flags), Encode(p));
            Assert.Equal(WithFlags(g2, flags), Encode(q));
        }
    }

    [Fact]
    public void The_identity_is_refused_under_every_flag()
    {
        Assert.Equal(0xc0, Encode(Point<Fp>.Identity)[0]);
        for (int flags = 0; flags < 8; flags++)
        {
            Assert.False(G1.TryRead(WithFlags(new byte[G1.Size], flags), out _));
            Assert.False(G2.TryRead(WithFlags(new byte[G2.Size], flags), out _));
        }
    }

    [Fact]
    public void Coordinates_of_p_or_more_are_refused()
    {
        byte[] p = Convert.FromHexString(Modulus);
        Assert.False(G1.TryRead(WithFlags(p, 0b100), out _));
        Assert.False(G2.TryRead(WithFlags([.. p, .. new byte[48]], 0b100), out _));
        Assert.False(G2.TryRead(WithFlags([.. new byte[48], .. p], 0b100), out _));

        // A second spelling of a real point: x + p, which fits below the flags, and for x this small carries nowhere.
        int found = 0;
        for (byte x = 0; x < 0x54; x++)
        {
            byte[] small = [.. new byte[47], x];
            if (!PointEncoding.TryRead(WithFlags(small, 0b100), out Point<Fp> _)) continue;

            byte[] spelledAgain = [.. p];
            spelledAgain[^1] += x;
            Assert.False(PointEncoding.TryRead(WithFlags(spelledAgain, 0b100), out Point<Fp> _));
            found++;
        }

        Assert.True(found > 20);
    }

    [Fact]
    public void An_x_without_a_y_is_refused()
    {
        // Half of all x have no y, in both fields.
        int refusedG1 = 0, refusedG2 = 0;
        for (byte x = 0; x < 100; x++)
        {
            if (!PointEncoding.TryRead(WithFlags([.. new byte[47], x], 0b100), out Point<Fp> p)) refusedG1++;
            else Assert.True(p.IsOnCurve());
            if (!PointEncoding.TryRead(WithFlags([.. new byte[95], x], 0b100), out Point<Fp2> q)) refusedG2++;
            else Assert.True(q.IsOnCurve());
        }

        Assert.InRange(refusedG1, 25, 75);
        Assert.InRange(refusedG2, 25, 75);
    }

    [Fact]
    public void Points_outside_the_subgroup_are_refused() => ForAll.Seeds(10, random =>
    {
        byte[] p = Encode(Draw.CurvePoint(random));
        byte[] q = Encode(Draw.TwistPoint(random));
        Assert.True(PointEncoding.TryRead(p, out Point<Fp> _));
        Assert.True(PointEncoding.TryRead(q, out Point<Fp2> _));
        Assert.False(G1.TryRead(p, out _));
        Assert.False(G2.TryRead(q, out _));
    });

    [Fact]
    public void Truncated_and_extended_encodings_are_refused()
    {
        byte[] g1 = Encode(G1.Generator);
        byte[] g2 = Encode(G2.Generator);
        for (int length = 0; length < G1.Size; length++)
            Assert.False(G1.TryRead(g1.AsSpan(0, length), out _));
        for (int length = 0; length < G2.Size; length++)
            Assert.False(G2.TryRead(g2.AsSpan(0, length), out _));

        Assert.False(G1.TryRead([.. g1, 0], out _));
        Assert.False(G2.TryRead([.. g2, 0], out _));
    }

    [Fact]
    public void Random_bytes_never_throw() => ForAll.Seeds(100, random =>
    {
        byte[] bytes = Draw.Bytes(random, random.Next(100));
        if (G1.TryRead(bytes, out Point<Fp> p)) Assert.Equal(bytes, Encode(p));
        if (G2.TryRead(bytes, out Point<Fp2> q)) Assert.Equal(bytes, Encode(q));
    });

    private delegate bool Reader<TField>(ReadOnlySpan<byte> bytes, out Point<TField> point)
        where TField : unmanaged, ICurveField<TField>;

    private static byte[] Encode<TField>(in Point<TField> point)
        where TField : unmanaged, ICurveField<TField>
    {
        var bytes = new byte[TField.EncodedSize];
        PointEncoding.Write(point, bytes);
        return bytes;
    }

    private static byte[] WithFlags(byte[] encoding, int flags)
    {
        byte[] changed = [.. encoding];
        changed[0] = (byte)((changed[0] & 0x1f) | (flags << 5));
        return changed;
    }

    private static void AgreesWithVectors<TField>(string path, Point<TField> generator, Reader<TField> read)
        where TField : unmanaged, ICurveField<TField>
    {
        Point<TField> multiple = Point<TField>.Identity;
        foreach (string line in Vectors.Lines(path))
        {
            string[] columns = line.Split(' ');
            byte[] compressed = Convert.FromHexString(columns[1]);
            Assert.Equal(compressed, Encode(multiple));
            Assert.Equal(!multiple.IsIdentity, read(compressed, out Point<TField> point));
            if (!multiple.IsIdentity)
            {
                Assert.Equal(multiple, point);
                Assert.Equal(columns[2], UncompressedHex(point));
            }

            multiple += generator;
        }
    }

    // Reading each point again, with its subgroup check, is done for the committed ones; here one in forty.
    private static void AgreesWithFile<TField>(string path, Point<TField> generator, Reader<TField> read)
        where TField : unmanaged, ICurveField<TField>
    {
        byte[] file = File.ReadAllBytes(Path.Combine(SharedVectors.Folder("points"), path));
        Point<TField> multiple = Point<TField>.Identity;
        int count = file.Length / TField.EncodedSize;
        Assert.Equal(1000, count);
        for (int i = 0; i < count; i++)
        {
            byte[] published = file.AsSpan(i * TField.EncodedSize, TField.EncodedSize).ToArray();
            Assert.Equal(published, Encode(multiple));
            if (i % 40 == 39)
            {
                Assert.True(read(published, out Point<TField> point));
                Assert.Equal(multiple, point);
            }

            multiple += generator;
        }
    }

    private static string UncompressedHex<TField>(in Point<TField> point)
        where TField : unmanaged, ICurveField<TField>
    {
        Point<TField> affine = point.Normalize();
        var bytes = new byte[2 * TField.EncodedSize];
        affine.X.Write(bytes);
        affine.Y.Write(bytes.AsSpan(TField.EncodedSize));
        return Convert.ToHexStringLower(bytes);
    }
}
