using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Consensus.Proposing;
using SupplyChain.RepoNode.Core.Consensus.Voting;

namespace SupplyChain.RepoNode.Core.Consensus.Peers;

/// <summary>
/// What a node tells a peer that lacks something. Each answer is bounded, and proves itself or is the node's own vote;
/// so a lie about what one lacks gains nothing.
/// </summary>
internal sealed class CatchUp(CertificateStore certificates, BlockTree tree, VoteLog log, VotePool pool)
{
    private const int VotesPerAnswer = 32;

    public Status Status(View view) =>
        new(certificates.LastFinal, view, certificates.HighestNotarised, tree.Tip.Header.Height);

    /// <summary>
    /// Own votes that can still decide something: those of the view, and the FINALIZE for what is not final yet.
    /// </summary>
    public IEnumerable<Vote> OpenVotes(View view) =>
        log.All.Where(vote => vote.View == view || vote.View == certificates.HighestNotarised)
            .Where(vote => vote.View > certificates.LastFinal)
            .ToList();

    /// <summary>What a peer in this position lacks, and what we lack if it is ahead.</summary>
    public IEnumerable<PeerMessage> Answer(byte peer, Status status, View view, Proposal? ownProposal)
    {
        foreach (var certificate in Lacking(status, view)) yield return new PeerMessage.Certified(certificate);

        var votes = log.All
            .Where(vote => vote.View > certificates.LastFinal && vote.View > status.LastFinal)
            .Where(vote => vote.View >= status.View || vote.Kind == VoteKind.Finalize)
            .TakeLast(VotesPerAnswer);
        foreach (var vote in votes) yield return new PeerMessage.Voted(vote);

        if (ownProposal is not null && status.View == view && !pool.HasAny(view, peer))
            yield return new PeerMessage.Proposed(ownProposal);
        if (IsAhead(status, view)) yield return Ask(status, view);
    }

    /// <summary>The block, or what tells the peer to ask for the chain instead.</summary>
    public IEnumerable<PeerMessage> Answer(Digest block)
    {
        if (tree.Find(block) is { } found) yield return new PeerMessage.GivesBlock(found);
        else if (certificates.Finalisation is { } finalisation) yield return new PeerMessage.Certified(finalisation);
    }

    public IEnumerable<PeerMessage> Answer(View first, View last) =>
        FinalisationAfter(first.Number == 0 ? first : first.Previous)
            .Concat(certificates.Page(first, last))
            .Select(certificate => new PeerMessage.Certified(certificate));

    private IEnumerable<Certificate> Lacking(Status status, View view)
    {
        var open = status.View < view ? certificates.Page(status.View, view)
            : status.HighestNotarised < certificates.HighestNotarised
                ? certificates.Page(certificates.HighestNotarised, certificates.HighestNotarised)
                : [];
        return FinalisationAfter(status.LastFinal).Concat(open);
    }

    private IEnumerable<Certificate> FinalisationAfter(View view) =>
        certificates.Finalisation is { } finalisation && finalisation.View > view ? [finalisation] : [];

    private bool IsAhead(Status status, View view) =>
        status.LastFinal > certificates.LastFinal
        || status.View > view
        || status.HighestNotarised > certificates.HighestNotarised;

    private PeerMessage.AsksCertificates Ask(Status status, View view)
    {
        var first = certificates.FirstUnknown(View.Max(view, status.View));
        if (status.HighestNotarised > certificates.HighestNotarised && status.HighestNotarised < first)
            first = status.HighestNotarised;
        return new PeerMessage.AsksCertificates(first, View.Max(first, status.View));
    }
}
