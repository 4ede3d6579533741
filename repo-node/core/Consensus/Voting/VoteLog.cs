using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus.Messages;

namespace SupplyChain.RepoNode.Core.Consensus.Voting;

/// <summary>
/// What this node has voted, and so what it may still vote. The three rules that make Simplex safe stand here: one
/// NOTARIZE per view, never NULLIFY and FINALIZE in one view, no NOTARIZE after NULLIFY.
/// </summary>
internal sealed class VoteLog
{
    private readonly SortedDictionary<View, List<Vote>> _votes = [];
    private View _floor = View.Genesis;

    /// <summary>
    /// While it is not known whether the journal holds everything this node ever signed, nothing may be voted.
    /// </summary>
    public bool IsSilent { get; set; }

    /// <summary>Own votes above the floor, by rising view.</summary>
    public IEnumerable<Vote> All => _votes.Values.SelectMany(votes => votes);

    public IEnumerable<Vote> In(View view) => _votes.TryGetValue(view, out var votes) ? votes : [];

    public Vote? Cast(View view, VoteKind kind) => In(view).FirstOrDefault(vote => vote.Kind == kind);

    public bool MayNotarize(View view) => !IsSilent && Allows(view, VoteKind.Notarize);

    public bool MayNullify(View view) => !IsSilent && Allows(view, VoteKind.Nullify);

    public bool MayFinalize(View view) => !IsSilent && Allows(view, VoteKind.Finalize);

    /// <summary>Writes an own vote down, new or from the journal.</summary>
    public void Record(Vote vote)
    {
        Invariant.Holds(Allows(vote.View, vote.Kind), "an own vote contradicts no earlier one");

        if (!_votes.TryGetValue(vote.View, out var votes)) _votes.Add(vote.View, votes = []);
        votes.Add(vote);
    }

    /// <summary>Views up to this one are settled: nothing is voted in them any more.</summary>
    public void Settle(View floor)
    {
        _floor = View.Max(_floor, floor);
        foreach (var view in _votes.Keys.TakeWhile(view => view <= _floor).ToList()) _votes.Remove(view);
    }

    private bool Allows(View view, VoteKind kind) => view > _floor && kind switch
    {
        VoteKind.Notarize => Cast(view, VoteKind.Notarize) is null && Cast(view, VoteKind.Nullify) is null,
        VoteKind.Nullify or VoteKind.Finalize =>
            Cast(view, VoteKind.Nullify) is null && Cast(view, VoteKind.Finalize) is null,
        _ => false,
    };
}
