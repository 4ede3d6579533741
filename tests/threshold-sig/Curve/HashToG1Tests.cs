using System.Globalization;
using System.Text;
using System.Text.Json;
using SupplyChain.ThresholdSig.Curve;
using SupplyChain.ThresholdSig.Field;

namespace SupplyChain.ThresholdSig.Tests.Curve;

/// <summary>The vectors of RFC 9380, Appendices J.9 and K.1.</summary>
public sealed class HashToG1Tests
{
    [Theory]
    [InlineData("rfc9380/expand_message_xmd_SHA256_38.json")]
    [InlineData("rfc9380/expand_message_xmd_SHA256_256.json")]
    public void Messages_expand_to_the_published_bytes(string path)
    {
        JsonElement file = Vectors.Json(path);
        byte[] tag = Text(file, "DST");
        foreach (JsonElement vector in file.GetProperty("tests").EnumerateArray())
        {
            string lengthHex = vector.GetProperty("len_in_bytes").GetString()![2..];
            int length = int.Parse(lengthHex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            var output = new byte[length];
            ExpandMessage.Xmd(Text(vector, "msg"), tag, output);
            Assert.Equal(vector.GetProperty("uniform_bytes").GetString(), Convert.ToHexStringLower(output));
        }
    }

    [Fact]
    public void A_message_expands_to_as_much_as_the_standard_allows()
    {
        byte[] most = new byte[255 * 32];
        ExpandMessage.Xmd([], "tag"u8, most);

        Assert.NotEqual(new byte[32], most[^32..]);
    }

    [Fact]
    public void More_than_255_hashes_are_not_asked_for() => Assert.Throws<ArgumentOutOfRangeException>(
        () => ExpandMessage.Xmd([], "tag"u8, new byte[(255 * 32) + 1]));

    [Fact]
    public void Messages_hash_to_the_published_points()
    {
        JsonElement file = Vectors.Json("rfc9380/BLS12381G1_XMD_SHA-256_SSWU_RO_.json");
        byte[] tag = Text(file, "dst");
        foreach (JsonElement vector in file.GetProperty("vectors").EnumerateArray())
        {
            AssertPoint(vector.GetProperty("P"), HashToG1.RandomOracle(Text(vector, "msg"), tag));
            AssertPoint(vector.GetProperty("Q0"), HashToG1.MapToCurve(FieldElement(vector.GetProperty("u")[0])));
            AssertPoint(vector.GetProperty("Q1"), HashToG1.MapToCurve(FieldElement(vector.GetProperty("u")[1])));
        }
    }

    [Fact]
    public void One_element_maps_to_the_published_point()
    {
        JsonElement file = Vectors.Json("rfc9380/BLS12381G1_XMD_SHA-256_SSWU_NU_.json");
        byte[] tag = Text(file, "dst");
        foreach (JsonElement vector in file.GetProperty("vectors").EnumerateArray())
        {
            var uniform = new byte[64];
            ExpandMessage.Xmd(Text(vector, "msg"), tag, uniform);
            var u = Fp.Reduce(uniform);
            Assert.Equal(FieldElement(vector.GetProperty("u")[0]), u);

            Point<Fp> q = HashToG1.MapToCurve(u);
            AssertPoint(vector.GetProperty("Q"), q);
            AssertPoint(vector.GetProperty("P"), G1.ClearCofactor(q));
        }
    }

    [Fact]
    public void The_exceptional_inputs_of_the_map_lead_to_points_of_the_curve()
    {
        // Z·u² = −1 makes the denominator zero, as u = 0 does.
        Assert.True(HashToG1.MapToCurve(Fp.Zero).IsOnCurve());
        Assert.True((-Fp.FromInteger(11).Invert()).TrySquareRoot(out Fp u));
        Assert.True(HashToG1.MapToCurve(u).IsOnCurve());
        Assert.False(HashToG1.MapToCurve(Fp.Zero).IsIdentity);
    }

    [Fact]
    public void A_kernel_point_of_the_isogeny_goes_to_the_identity() =>
        Assert.True(Isogeny.Map(Fp.Zero, Fp.Zero, Fp.One).IsIdentity);

    private static byte[] Text(JsonElement parent, string name) =>
        Encoding.ASCII.GetBytes(parent.GetProperty(name).GetString()!);

    private static Fp FieldElement(JsonElement hex) => Fp.Constant(hex.GetString()![2..]);

    private static void AssertPoint(JsonElement expected, in Point<Fp> actual)
    {
        Point<Fp> affine = actual.Normalize();
        Assert.Equal(FieldElement(expected.GetProperty("x")), affine.X);
        Assert.Equal(FieldElement(expected.GetProperty("y")), affine.Y);
    }
}
