using System.Collections.Immutable;
using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus.Messages;

namespace SupplyChain.RepoNode.Core.Consensus.Voting;

/// <summary>
/// The verified certificates of the views after the last final one, and the newest finalisation. Its size is bounded by
/// what honest nodes voted for: a quorum stands behind each.
/// </summary>
internal sealed class CertificateStore(ChainTip tip)
{
    private readonly SortedDictionary<View, Certificate> _notarisations = [];
    private readonly SortedDictionary<View, Certificate> _nullifications = [];

    /// <summary>The newest final view, and the block it made final.</summary>
    public View LastFinal { get; private set; } = tip.Header.View;

    public Digest LastFinalBlock { get; private set; } = tip.Header.Hash;

    /// <summary>Null at the genesis.</summary>
    public Certificate? Finalisation { get; private set; } = tip.Finalisation;

    /// <summary>The newest view with a notarisation or finalisation.</summary>
    public View HighestNotarised => _notarisations.Count == 0 ? LastFinal : _notarisations.Keys.Last();

    /// <summary>All that is kept, by rising view.</summary>
    public IEnumerable<Certificate> All => Finalisation is null ? Open : Open.Prepend(Finalisation);

    public Certificate? Notarisation(View view) => _notarisations.GetValueOrDefault(view);

    public bool IsNullified(View view) => _nullifications.ContainsKey(view);

    /// <summary>Whether the certificate says nothing that is not known here.</summary>
    public bool Knows(Certificate certificate) => certificate.View < LastFinal || certificate.Kind switch
    {
        VoteKind.Notarize =>
            certificate.View == LastFinal || Notarisation(certificate.View)?.Block == certificate.Block,
        VoteKind.Nullify => IsNullified(certificate.View),
        VoteKind.Finalize => certificate.View == LastFinal && certificate.Block == LastFinalBlock,
        _ => true,
    };

    /// <summary>
    /// A known certificate that cannot be true together with this one, unless more than f nodes lied.
    /// </summary>
    public Certificate? Contradicts(Certificate certificate)
    {
        var notarisation = Notarisation(certificate.View);
        if (certificate.Kind != VoteKind.Nullify && notarisation is not null && notarisation.Block != certificate.Block)
            return notarisation;
        if (certificate.Kind == VoteKind.Finalize && IsNullified(certificate.View))
            return _nullifications[certificate.View];
        if (certificate.View != LastFinal || Finalisation is null) return null;

        return certificate.Kind == VoteKind.Nullify || certificate.Block != LastFinalBlock ? Finalisation : null;
    }

    /// <summary>Stores a verified certificate.</summary>
    public void Add(Certificate certificate)
    {
        Invariant.Holds(
            Contradicts(certificate) is null, "no view is notarised twice, nor both finalised and nullified");
        switch (certificate.Kind)
        {
            case VoteKind.Notarize: _notarisations[certificate.View] = certificate; break;
            case VoteKind.Nullify: _nullifications[certificate.View] = certificate; break;
            case VoteKind.Finalize: Finalise(certificate); break;
        }
    }

    /// <summary>
    /// The newest notarised or final block below this view that a proposal in it may build on: every view in between is
    /// nullified. Null when a certificate is missing.
    /// </summary>
    public (View View, Digest Block)? ParentFor(View view)
    {
        for (var parent = view.Previous; parent > LastFinal; parent = parent.Previous)
        {
            if (Notarisation(parent) is { } notarisation) return (parent, notarisation.Block);
            if (!IsNullified(parent)) return null;
        }

        return (LastFinal, LastFinalBlock);
    }

    /// <summary>The proof that a proposal in a view may build on this parent, as far as it fits.</summary>
    public Justification Justify(View parent, View view)
    {
        var certificate = parent == LastFinal ? Finalisation : Notarisation(parent);
        var between = _nullifications.Values
            .Where(nullification => nullification.View > parent && nullification.View < view)
            .TakeLast(Bounds.MaxJustification);
        return new Justification(certificate, [.. between]);
    }

    /// <summary>Whether this block, by its certificate, may be a parent.</summary>
    public bool Certifies(View view, Digest block) =>
        (view == LastFinal && block == LastFinalBlock) || Notarisation(view)?.Block == block;

    /// <summary>The first view between, both ends excluded, that is not known to be nullified.</summary>
    public View? FirstStanding(View after, View before)
    {
        for (var view = after.Next; view < before; view = view.Next)
        {
            if (!IsNullified(view)) return view;
        }

        return null;
    }

    /// <summary>The first view after the last final one of which nothing is known.</summary>
    public View FirstUnknown(View before)
    {
        var view = LastFinal.Next;
        while (view < before && (IsNullified(view) || Notarisation(view) is not null)) view = view.Next;
        return view;
    }

    /// <summary>
    /// The notarisations and nullifications of these views, by rising view, as many as go into one answer.
    /// </summary>
    public ImmutableArray<Certificate> Page(View first, View last) =>
    [
        .. Open.Where(certificate => certificate.View >= first && certificate.View <= last)
            .Take(Bounds.CertificatePage),
    ];

    private IEnumerable<Certificate> Open =>
        _notarisations.Values.Concat(_nullifications.Values).OrderBy(certificate => certificate.View);

    private void Finalise(Certificate finalisation)
    {
        Invariant.Holds(finalisation.View > LastFinal, "the last final view only grows");
        LastFinal = finalisation.View;
        LastFinalBlock = finalisation.Block;
        Finalisation = finalisation;
        RemoveUpTo(_notarisations, LastFinal);
        RemoveUpTo(_nullifications, LastFinal);
    }

    private static void RemoveUpTo(SortedDictionary<View, Certificate> certificates, View view)
    {
        foreach (var old in certificates.Keys.TakeWhile(key => key <= view).ToList()) certificates.Remove(old);
    }
}
