using System.Diagnostics.CodeAnalysis;
using SupplyChain.ThresholdSig.Bls;
using SupplyChain.ThresholdSig.Curve;
using SupplyChain.ThresholdSig.Field;

namespace SupplyChain.ThresholdSig.Sharing;

/// <summary>
/// A commitment to a secret polynomial (Feldman): each of its t coefficients times the generator of G2. From it
/// everyone computes the public key of every share. Encoded as the t compressed points, constant term first. Equal if
/// the bytes are.
/// </summary>
public sealed class Commitment : IEquatable<Commitment>
{
    private readonly PublicKey[] _coefficients;

    private Commitment(PublicKey[] coefficients) => _coefficients = coefficients;

    /// <summary>t, the number of shares that determine the polynomial.</summary>
    public int Required => _coefficients.Length;

    /// <summary>The public key of what is shared, f(0).</summary>
    public PublicKey PublicKey => _coefficients[0];

    // Possible only if dealers chose polynomials that cancel out.
    internal bool HasIdentity => Array.Exists(_coefficients, coefficient => coefficient.Point.IsIdentity);

    /// <summary>Reads exactly <paramref name="required"/> points, none of them the identity.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, int required, [NotNullWhen(true)] out Commitment? commitment)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(required);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(required, Threshold.MaxMembers);
        commitment = null;
        if (bytes.Length != required * PublicKey.Size) return false;

        var coefficients = new PublicKey[required];
        for (int i = 0; i < required; i++)
        {
            ReadOnlySpan<byte> point = bytes.Slice(i * PublicKey.Size, PublicKey.Size);
            if (!PublicKey.TryRead(point, out PublicKey? coefficient)) return false;

            coefficients[i] = coefficient;
        }

        commitment = new Commitment(coefficients);
        return true;
    }

    /// <summary>The public key of share <paramref name="index"/>, 1 to 255.</summary>
    public PublicKey Evaluate(int index) => new(EvaluatePoint(index));

    /// <summary>The commitment to the sum of both polynomials.</summary>
    /// <exception cref="ArgumentException">The other has another number of coefficients.</exception>
    public Commitment Add(Commitment other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Required != Required)
            throw new ArgumentException("Commitments to polynomials of different degree.", nameof(other));

        var sum = new PublicKey[Required];
        for (int i = 0; i < sum.Length; i++)
            sum[i] = new PublicKey(_coefficients[i].Point + other._coefficients[i].Point);

        return new Commitment(sum);
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Required * PublicKey.Size];
        for (int i = 0; i < Required; i++)
            PointEncoding.Write(_coefficients[i].Point, bytes.AsSpan(i * PublicKey.Size));

        return bytes;
    }

    public bool Equals(Commitment? other) =>
        other is not null && _coefficients.AsSpan().SequenceEqual(other._coefficients);

    public override bool Equals(object? obj) => Equals(obj as Commitment);

    public override int GetHashCode() => PublicKey.GetHashCode();

    internal static Commitment To(Polynomial polynomial)
    {
        var coefficients = new PublicKey[polynomial.Count];
        for (int i = 0; i < coefficients.Length; i++)
            coefficients[i] = new PublicKey(G2.Generator * polynomial[i]);

        return new Commitment(coefficients);
    }

    // Horner's rule with the index as a small public multiplier.
    internal Point<Fp2> EvaluatePoint(int index)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(index, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, Threshold.MaxMembers);

        Point<Fp2> value = _coefficients[^1].Point;
        for (int power = Required - 2; power >= 0; power--)
            value = value.MultiplyVartime((ulong)index) + _coefficients[power].Point;

        return value;
    }
}
