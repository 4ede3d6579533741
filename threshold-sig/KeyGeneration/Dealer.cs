using SupplyChain.ThresholdSig.Bls;
using SupplyChain.ThresholdSig.Field;
using SupplyChain.ThresholdSig.Sharing;

namespace SupplyChain.ThresholdSig.KeyGeneration;

/// <summary>
/// One member's secret side of a key generation: a random polynomial, what it shows everyone, and the share it gives to
/// each member in private. Made again from the same seed it is the same dealer, so an interrupted ceremony can go on.
/// </summary>
public sealed class Dealer : IDisposable
{
    /// <summary>Bytes of the seed.</summary>
    public const int SeedSize = Seed.Size;

    /// <summary>Bytes of the share for one member: a scalar, big endian.</summary>
    public const int ShareSize = Scalar.Size;

    private readonly Polynomial _polynomial;
    private readonly Threshold _threshold;

    internal Dealer(int index, Threshold threshold, Polynomial polynomial, ReadOnlySpan<byte> context)
    {
        _threshold = threshold;
        _polynomial = polynomial;
        var commitment = Commitment.To(polynomial);
        var proof = ProofOfPossession.Create(
            polynomial.ConstantTerm, commitment.PublicKey, Dealing.ProofContext(index, context));
        Dealing = new Dealing(index, commitment, proof);
    }

    /// <summary>What everyone may see.</summary>
    public Dealing Dealing { get; }

    /// <param name="index">The dealer's own member index.</param>
    /// <param name="threshold">Of the group.</param>
    /// <param name="seed">32 bytes nobody can guess; the library has no randomness of its own.</param>
    /// <param name="context">Names the ceremony; the same seed in another ceremony deals other secrets.</param>
    public static Dealer FromSeed(int index, Threshold threshold, ReadOnlySpan<byte> seed, ReadOnlySpan<byte> context)
    {
        if (!threshold.HasMember(index))
            throw new ArgumentOutOfRangeException(nameof(index), index, "Not a member.");

        var coefficients = new SecretScalars(threshold.Required);
        for (int power = 0; power < coefficients.Count; power++)
            coefficients[power] = Seed.Derive(seed, "supplychain/dealing/v1"u8, power, context);

        return new Dealer(index, threshold, new Polynomial(coefficients), context);
    }

    /// <summary>Writes a member's share, 32 bytes, which only that member may see.</summary>
    public void ExportShare(int member, Span<byte> destination)
    {
        if (!_threshold.HasMember(member))
            throw new ArgumentOutOfRangeException(nameof(member), member, "Not a member.");

        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, ShareSize);
        _polynomial.Evaluate(member).Write(destination);
    }

    public void Dispose() => _polynomial.Dispose();
}
