using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using SupplyChain.ThresholdSig.Bls;
using SupplyChain.ThresholdSig.Curve;
using SupplyChain.ThresholdSig.Field;
using SupplyChain.ThresholdSig.Sharing;

namespace SupplyChain.ThresholdSig.Signing;

/// <summary>What became of a set of partial signatures.</summary>
public abstract record Combination
{
    private Combination(IReadOnlyList<int> bad) => Bad = bad;

    /// <summary>
    /// Indexes in ascending order that have parts but no valid one: none of them verifies, or no member has that index.
    /// Empty when it was not necessary to look.
    /// </summary>
    public IReadOnlyList<int> Bad { get; }

    /// <summary>The group's signature, verified.</summary>
    public sealed record Combined(Signature Signature, IReadOnlyList<int> Bad) : Combination(Bad);

    /// <summary>Valid parts of fewer members than required.</summary>
    public sealed record NotEnough(int Have, int Need, IReadOnlyList<int> Bad) : Combination(Bad);
}

/// <summary>
/// Makes a group's signature from the valid parts of any t members, whatever else is among the parts. Every choice of
/// members gives the same signature, because BLS signatures are unique.
/// </summary>
public static class Combiner
{
    /// <summary>
    /// Combines the parts of the first t members and verifies the result; only if that fails is each part verified, to
    /// name the bad ones and to combine the others.
    /// </summary>
    /// <param name="key">The group's.</param>
    /// <param name="message">What the parts are said to sign.</param>
    /// <param name="partials">In any order; a member's may come more than once, as anybody can add one in its name.</param>
    public static Combination Combine(
        GroupKey key, ReadOnlySpan<byte> message, IReadOnlyCollection<PartialSignature> partials)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(partials);

        int need = key.Threshold.Required;
        PartialSignature[] first =
        [
            .. partials.Where(partial => key.Threshold.HasMember(partial.Index))
                .DistinctBy(partial => partial.Index).Take(need),
        ];
        if (first.Length == need && TryCombine(key, message, first, out var signature))
            return new Combination.Combined(signature, []);

        var valid = FindValid(key, message, partials);
        int[] bad = [.. partials.Select(partial => partial.Index).Except(valid.Keys).Order()];
        if (valid.Count < need) return new Combination.NotEnough(valid.Count, need, bad);

        return TryCombine(key, message, [.. valid.Values.Take(need)], out signature)
            ? new Combination.Combined(signature, bad)
            : throw new UnreachableException("Valid parts of t members make a valid signature of their group.");
    }

    private static bool TryCombine(
        GroupKey key, ReadOnlySpan<byte> message, ReadOnlySpan<PartialSignature> partials,
        [NotNullWhen(true)] out Signature? signature)
    {
        var combined = Interpolate(partials);
        signature = combined.IsIdentity ? null : new Signature(combined);
        return signature is not null && key.PublicKey.Verify(message, signature);
    }

    // Σ λᵢ·Sᵢ: interpolation at zero, in the exponent.
    private static Point<Fp> Interpolate(ReadOnlySpan<PartialSignature> partials)
    {
        var indexes = new int[partials.Length];
        var points = new Point<Fp>[partials.Length];
        for (int i = 0; i < partials.Length; i++)
        {
            indexes[i] = partials[i].Index;
            points[i] = partials[i].Signature.Point;
        }

        return MultiScalar.SumVartime<Fp>(points, Lagrange.AtZero(indexes));
    }

    private static SortedDictionary<int, PartialSignature> FindValid(
        GroupKey key, ReadOnlySpan<byte> message, IEnumerable<PartialSignature> partials)
    {
        var valid = new SortedDictionary<int, PartialSignature>();
        foreach (var partial in partials)
        {
            if (!valid.ContainsKey(partial.Index) && key.VerifyPartial(message, partial))
                valid.Add(partial.Index, partial);
        }

        return valid;
    }
}
