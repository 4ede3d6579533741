using SupplyChain.Protocol;

namespace SupplyChain.MaintainerTools.Ceremony;

/// <summary>
/// What must come of a ceremony. The dealings are public and signed by their dealers, so anybody can add up the key without a
/// secret, and nobody needs to believe a <c>group.json</c> that merely lies in the folder (docs/protocol.md §12).
/// </summary>
internal static class ExpectedGroup
{
    /// <summary>Why a group is not what this ceremony made; null when it is.</summary>
    /// <param name="proposal">The ceremony.</param>
    /// <param name="deals">The files of the step 'deal', under their senders.</param>
    /// <param name="group">It has checked its own signature already.</param>
    public static string? Difference(Proposal proposal, IEnumerable<(string Sender, byte[] Message)> deals, GroupFile group)
    {
        if (group.Ceremony != proposal.Id) return "it belongs to another ceremony";
        if (group.Name != proposal.Name || group.Key.Threshold != proposal.Threshold) return "its name or threshold is not the proposed one";
        if (!group.Members.SequenceEqual(proposal.Members)) return "its members are not the proposed ones";

        var read = new SortedDictionary<int, (Digest Payload, DealPayload Deal)>();
        foreach (var (sender, file) in deals)
        {
            if (!TryRead(proposal, sender, file, out var deal)) return $"the dealing of {sender} in the folder is not valid";
            read.Add(proposal.IndexOf(sender), deal);
        }

        if (read.Count != proposal.Members.Count) return "not every member has dealt";
        if (group.Transcript != TranscriptOf(read.Values.Select(deal => deal.Payload))) return "it was made of other dealings";

        var sum = read.Values.Select(deal => deal.Deal.Dealing.Commitment).Aggregate((one, other) => one.Add(other));
        return sum.Equals(group.Key.Commitment) ? null : "its key is not the sum of the dealings";
    }

    /// <summary><c>H</c> over the <c>H</c> of each deal's payload, in order of members.</summary>
    public static Digest TranscriptOf(IEnumerable<Digest> deals) => Digest.Of([.. deals.SelectMany(deal => deal.ToArray())]);

    private static bool TryRead(Proposal proposal, string sender, byte[] file, out (Digest Payload, DealPayload Deal) deal)
    {
        deal = default;
        if (SignedMessage.Check(proposal, CeremonyStep.Deal, sender, file, out var message) is not null) return false;

        var payload = message!.Payload.Span;
        if (!DealPayload.TryRead(payload, proposal.Threshold, out var read)) return false;
        if (read.Dealing.DealerIndex != proposal.IndexOf(sender) || !read.Dealing.Verify(proposal.Id.AsSpan())) return false;

        deal = (Digest.Of(payload), read);
        return true;
    }
}
