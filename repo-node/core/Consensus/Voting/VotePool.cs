using System.Collections.Immutable;
using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus.Messages;

namespace SupplyChain.RepoNode.Core.Consensus.Voting;

/// <summary>
/// Everybody's verified votes, and the certificates they add up to. A vote is verified once: alone, or inside a
/// certificate. Of each signer it keeps the first vote of each kind in a view, and the first pair that convicts it.
/// </summary>
internal sealed class VotePool(Committee committee)
{
    private readonly SortedDictionary<View, Dictionary<(VoteKind Kind, byte Signer), Vote>> _votes = [];
    private readonly HashSet<(View View, byte Signer)> _convicted = [];
    private readonly Dictionary<byte, Vote> _newest = [];

    public bool Has(View view, VoteKind kind, byte signer) => Find(view, kind, signer) is not null;

    /// <summary>Whether this node has said anything in the view.</summary>
    public bool HasAny(View view, byte signer) =>
        _votes.TryGetValue(view, out var votes) && votes.Keys.Any(key => key.Signer == signer);

    /// <summary>How many nodes cast such a vote in the view.</summary>
    public int Count(View view, VoteKind kind) =>
        _votes.TryGetValue(view, out var votes) ? votes.Keys.Count(key => key.Kind == kind) : 0;

    /// <summary>
    /// The highest vote ever seen of this node, by view and then by kind, also of views that are forgotten.
    /// </summary>
    public Vote? Newest(byte signer) => _newest.GetValueOrDefault(signer);

    /// <summary>Takes a vote from outside.</summary>
    /// <returns>False when its signature is wrong.</returns>
    public bool TryAdd(Vote vote, out Equivocation? evidence)
    {
        evidence = null;
        if (Find(vote.View, vote.Kind, vote.Signer) is { } known && known.Block == vote.Block) return true;
        if (_convicted.Contains((vote.View, vote.Signer))) return true;
        if (!committee.Verifies(vote)) return false;

        evidence = Add(vote);
        return true;
    }

    /// <summary>A vote that counts no more, or not yet, is still what its signer voted.</summary>
    public void Notice(Vote vote)
    {
        if (vote.IsNewerThan(Newest(vote.Signer)) && committee.Verifies(vote)) _newest[vote.Signer] = vote;
    }

    /// <summary>Takes a vote that needs no verification: an own one.</summary>
    public void AddOwn(Vote vote)
    {
        var evidence = Add(vote);
        Invariant.Holds(evidence is null, "own votes never convict their signer");
    }

    /// <summary>True when q different nodes signed; their votes are kept.</summary>
    public bool TryAdd(Certificate certificate, out ImmutableArray<Equivocation> evidence)
    {
        evidence = [];
        if (!committee.HasQuorum(certificate)) return false;

        var votes = certificate.Votes().ToList();
        if (!votes.All(vote => Find(vote.View, vote.Kind, vote.Signer) == vote || committee.Verifies(vote)))
            return false;

        evidence = [.. votes.Select(Add).OfType<Equivocation>()];
        return true;
    }

    /// <summary>The votes of a certificate that was verified before it was stored.</summary>
    public void Recall(Certificate certificate)
    {
        foreach (var vote in certificate.Votes()) NoteNewest(vote);
    }

    /// <summary>The certificate that the votes for this have added up to, or null.</summary>
    public Certificate? Certify(VoteKind kind, View view, Digest block)
    {
        if (!_votes.TryGetValue(view, out var votes)) return null;

        var parts = votes.Values
            .Where(vote => vote.Kind == kind && vote.Block == block)
            .OrderBy(vote => vote.Signer)
            .Take(committee.Quorum.Required)
            .Select(vote => new CertificateSignature(vote.Signer, vote.Signature))
            .ToImmutableArray();
        return parts.Length == committee.Quorum.Required ? new Certificate(kind, view, block, parts) : null;
    }

    /// <summary>Forgets the views before this one.</summary>
    public void Forget(View before)
    {
        foreach (var view in _votes.Keys.TakeWhile(view => view < before).ToList()) _votes.Remove(view);
        _convicted.RemoveWhere(pair => pair.View < before);
    }

    private Vote? Find(View view, VoteKind kind, byte signer) =>
        _votes.TryGetValue(view, out var votes) ? votes.GetValueOrDefault((kind, signer)) : null;

    private Equivocation? Add(Vote vote)
    {
        NoteNewest(vote);
        if (!_votes.TryGetValue(vote.View, out var votes)) _votes.Add(vote.View, votes = []);

        var other = votes.Values.FirstOrDefault(known => Equivocation.Convicts(known, vote));
        votes.TryAdd((vote.Kind, vote.Signer), vote);
        bool isNews = other is not null && _convicted.Add((vote.View, vote.Signer));
        return isNews ? new Equivocation(other!, vote) : null;
    }

    private void NoteNewest(Vote vote)
    {
        if (vote.IsNewerThan(Newest(vote.Signer))) _newest[vote.Signer] = vote;
    }
}
