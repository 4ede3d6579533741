using SupplyChain.ThresholdSig.Field;
using SupplyChain.ThresholdSig.Sharing;
using SupplyChain.ThresholdSig.Signing;

namespace SupplyChain.ThresholdSig.KeyGeneration;

/// <summary>
/// One member's view of a distributed key generation without a dealer everyone trusts (Joint-Feldman): each member
/// deals a random secret to all; the group's secret is the sum, which never exists in one place; a member's share is
/// the sum of the shares it got.
/// <para>All m members must deal. A dealing is taken only with a proof of possession for this ceremony, so nobody can
/// choose its key to cancel the others' (rogue key): the result cannot be forged or known by fewer than t. It can be
/// biased: who deals last sees the others' keys and may try many of its own, which for BLS signatures does no
/// harm.</para>
/// </summary>
public sealed class Ceremony : IDisposable
{
    private readonly Threshold _threshold;
    private readonly int _member;
    private readonly byte[] _context;
    private readonly SecretScalars _share = new(1);
    private readonly SortedDictionary<int, Dealing> _dealings = [];
    private CeremonyResult.Aborted? _aborted;

    /// <param name="threshold">Of the group.</param>
    /// <param name="member">This member's index.</param>
    /// <param name="context">Names the ceremony, the same bytes for all.</param>
    public Ceremony(Threshold threshold, int member, ReadOnlySpan<byte> context)
    {
        if (!threshold.HasMember(member))
            throw new ArgumentOutOfRangeException(nameof(member), member, "Not a member.");

        _threshold = threshold;
        _member = member;
        _context = context.ToArray();
    }

    /// <summary>
    /// Takes a dealing and the 32 bytes it gave this member; null if all is well. The first fault ends the ceremony.
    /// The same dealing again changes nothing.
    /// </summary>
    public DealingFault? Receive(Dealing dealing, ReadOnlySpan<byte> share)
    {
        ArgumentNullException.ThrowIfNull(dealing);
        if (_dealings.TryGetValue(dealing.DealerIndex, out Dealing? earlier) && earlier == dealing) return null;

        DealingFault? fault = FindFault(dealing, share, out Scalar scalar);
        if (fault is { } found)
        {
            _aborted ??= new CeremonyResult.Aborted(dealing.DealerIndex, found);
            return fault;
        }

        _dealings.Add(dealing.DealerIndex, dealing);
        _share[0] += scalar;
        return null;
    }

    /// <summary>The outcome so far. A share handed out is a copy: disposing the ceremony does not touch it.</summary>
    public CeremonyResult Finish()
    {
        if (_aborted is not null) return _aborted;

        int[] missing = [.. Enumerable.Range(1, _threshold.Members).Where(index => !_dealings.ContainsKey(index))];
        if (missing.Length > 0) return new CeremonyResult.Missing(missing);

        Commitment sum = _dealings.Values.Select(dealing => dealing.Commitment).Aggregate((a, b) => a.Add(b));
        if (sum.HasIdentity || _share[0].IsZero) return new CeremonyResult.Cancelled();

        return new CeremonyResult.Completed(new GroupKey(_threshold, sum), new PrivateShare(_member, _share[0]));
    }

    public void Dispose() => _share.Dispose();

    private DealingFault? FindFault(Dealing dealing, ReadOnlySpan<byte> share, out Scalar scalar)
    {
        scalar = Scalar.Zero;
        if (!_threshold.HasMember(dealing.DealerIndex) || dealing.Commitment.Required != _threshold.Required)
            return DealingFault.WrongGroup;
        if (!dealing.Verify(_context)) return DealingFault.WrongProof;
        if (_dealings.ContainsKey(dealing.DealerIndex)) return DealingFault.DealtTwice;
        if (!Scalar.TryRead(share, out scalar) || !dealing.VerifyShare(_member, scalar)) return DealingFault.WrongShare;

        return null;
    }
}
