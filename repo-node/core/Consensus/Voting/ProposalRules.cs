using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Consensus.Proposing;
using SupplyChain.RepoNode.Core.Ledger;

namespace SupplyChain.RepoNode.Core.Consensus.Voting;

/// <summary>
/// What a voter thinks of a proposal. What is missing makes it wait; only what can never heal makes it refuse.
/// </summary>
internal abstract record Judgement
{
    private Judgement()
    {
    }

    public sealed record Valid : Judgement;

    public sealed record Refused(ProposalRefusal Refusal) : Judgement;

    /// <summary>The certificate of the parent, or a nullification after it, is not here; the first such view.</summary>
    public sealed record LacksCertificates(View First) : Judgement;

    /// <summary>The body of an ancestor is not here.</summary>
    public sealed record LacksBlock(Digest Hash) : Judgement;

    /// <summary>The host has not read back all artifacts of its releases.</summary>
    public sealed record LacksArtifacts(ExecutedBlock Executed) : Judgement;

    /// <summary>Its time is too far ahead of our clock.</summary>
    public sealed record TooEarly : Judgement;
}

/// <summary>
/// When a proposal deserves a NOTARIZE (docs/protocol.md §11). The header's epoch, leader, view and signature, and the
/// body's bounds and root, were checked when it arrived.
/// </summary>
internal sealed class ProposalRules(CertificateStore certificates, BlockTree tree, ArtifactGate artifacts)
{
    public Judgement Judge(Block proposal, DateTimeOffset wallClock)
    {
        var header = proposal.Header;
        if (IsParentRuledOut(header)) return Refuse(ProposalRefusal.ParentRuledOut);
        if (!certificates.Certifies(header.ParentView, header.ParentHash))
            return new Judgement.LacksCertificates(header.ParentView);
        if (certificates.FirstStanding(header.ParentView, header.View) is { } standing)
            return new Judgement.LacksCertificates(standing);
        if (tree.After(header.ParentHash, out var missing) is not { } parent) return new Judgement.LacksBlock(missing);

        if (header.Height != parent.Header.Height + 1) return Refuse(ProposalRefusal.WrongHeight);
        if (header.Time < parent.Header.Time) return Refuse(ProposalRefusal.TimeBackwards);
        if (header.Time > wallClock.ToUnixTimeSeconds() + Bounds.SkewSeconds) return new Judgement.TooEarly();

        if (tree.TryExecute(parent.Ledger, proposal, out var executed) is { } refusal) return Refuse(refusal);
        if (artifacts.RulesOut(executed!.Artifacts)) return Refuse(ProposalRefusal.WrongArtifact);
        return artifacts.Holds(executed.Artifacts) ? new Judgement.Valid() : new Judgement.LacksArtifacts(executed);
    }

    // No other block of the parent's view can be certified, and no view at or below the last final one be nullified.
    private bool IsParentRuledOut(Header header) =>
        header.ParentView < certificates.LastFinal
        || (header.ParentView == certificates.LastFinal && header.ParentHash != certificates.LastFinalBlock)
        || (certificates.Notarisation(header.ParentView) is { } known && known.Block != header.ParentHash);

    private static Judgement.Refused Refuse(ProposalRefusal refusal) => new(refusal);
}
