using SupplyChain.ThresholdSig.Bls;
using SupplyChain.ThresholdSig.Curve;
using SupplyChain.ThresholdSig.Field;
using SupplyChain.ThresholdSig.Sharing;

namespace SupplyChain.ThresholdSig.Signing;

/// <summary>What became of a set of partial signatures.</summary>
public abstract record Combination
{
    private Combination()
    {
    }

    /// <summary>The group's signature, verified.</summary>
    public sealed record Combined(Signature Signature) : Combination;

    /// <summary>Fewer members than required have signed.</summary>
    public sealed record NotEnough(int Have, int Need) : Combination;

    /// <summary>
    /// These indexes, in ascending order, must be dropped before trying again: their parts do not verify, or are of no
    /// member, or came more than once (then <see cref="GroupKey.VerifyPartial"/> tells which one is the member's).
    /// </summary>
    public sealed record Invalid(IReadOnlyList<int> Indexes) : Combination;
}

/// <summary>
/// Makes a group's signature from the parts of any t members. Every choice of members gives the same signature, because
/// BLS signatures are unique.
/// </summary>
public static class Combiner
{
    /// <summary>
    /// Combines the first t parts and verifies the result; only if that fails is each part verified, to name the bad
    /// ones.
    /// </summary>
    public static Combination Combine(
        GroupKey key, ReadOnlySpan<byte> message, IReadOnlyCollection<PartialSignature> partials)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(partials);

        int[] misplaced = FindMisplaced(key.Threshold, partials);
        if (misplaced.Length > 0) return new Combination.Invalid(misplaced);

        int need = key.Threshold.Required;
        if (partials.Count < need) return new Combination.NotEnough(partials.Count, need);

        var combined = Interpolate([.. partials.Take(need)]);
        if (!combined.IsIdentity)
        {
            var signature = new Signature(combined);
            if (key.PublicKey.Verify(message, signature)) return new Combination.Combined(signature);
        }

        return new Combination.Invalid(FindBad(key, message, partials));
    }

    private static int[] FindMisplaced(Threshold threshold, IEnumerable<PartialSignature> partials) =>
    [
        .. from partial in partials
           group partial by partial.Index into sameIndex
           where sameIndex.Count() > 1 || !threshold.HasMember(sameIndex.Key)
           orderby sameIndex.Key
           select sameIndex.Key,
    ];

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

    private static List<int> FindBad(
        GroupKey key, ReadOnlySpan<byte> message, IReadOnlyCollection<PartialSignature> partials)
    {
        var bad = new List<int>();
        foreach (PartialSignature partial in partials.OrderBy(partial => partial.Index))
        {
            if (!key.VerifyPartial(message, partial))
                bad.Add(partial.Index);
        }

        return bad;
    }
}
