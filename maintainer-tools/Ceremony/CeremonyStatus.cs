namespace SupplyChain.MaintainerTools.Ceremony;

/// <summary>Who did which step, as anybody can see it in the shared folder without a secret.</summary>
/// <param name="Proposal">The ceremony.</param>
/// <param name="Members">In their order.</param>
/// <param name="Strangers">Names of messages by nobody in the list.</param>
/// <param name="Group">The result, once it is there; checked against the dealings.</param>
/// <param name="Foreign">Why the <c>group.json</c> in the folder is not this ceremony's; null when it is, or when there is none.</param>
internal sealed record CeremonyStatus(
    Proposal Proposal, IReadOnlyList<CeremonyStatus.Row> Members, IReadOnlyList<string> Strangers, GroupFile? Group, string? Foreign)
{
    public const string Done = "done", Waiting = "waiting";

    public bool IsDone => Group is not null;

    /// <summary>A file in the folder is bad: the ceremony will be aborted by whoever reads it.</summary>
    public bool IsBroken => Foreign is not null || Strangers.Count > 0 || Members.Any(row => row.Steps.Any(step => step is not (Done or Waiting)));

    public static CeremonyStatus Of(CeremonyFolder folder)
    {
        var proposal = folder.Proposal();
        var steps = Enum.GetValues<CeremonyStep>();
        var seen = steps.Select(step => folder.Messages(step).ToDictionary(m => m.Sender, m => m.Message, StringComparer.Ordinal)).ToArray();
        var rows = proposal.Members.Select(member =>
            new Row(member.Name, [.. steps.Select(step => StateOf(proposal, step, member.Name, seen[(int)step]))]));
        var strangers = seen.SelectMany(messages => messages.Keys).Where(sender => proposal.IndexOf(sender) == 0).Distinct();
        var group = folder.Group();
        string? foreign = group is null ? null : ExpectedGroup.Difference(proposal, seen[(int)CeremonyStep.Deal].Select(deal => (deal.Key, deal.Value)), group);
        return new CeremonyStatus(proposal, [.. rows], [.. strangers], foreign is null ? group : null, foreign);
    }

    private static string StateOf(Proposal proposal, CeremonyStep step, string member, Dictionary<string, byte[]> messages)
    {
        if (!messages.TryGetValue(member, out byte[]? file)) return Waiting;
        if (SignedMessage.Check(proposal, step, member, file, out var message) is { } fault) return CeremonyAbort.NameOf(fault);
        if (step != CeremonyStep.Confirm) return Done;

        return ConfirmPayload.TryRead(message!.Payload.Span, out var confirm) switch
        {
            false => CeremonyAbort.NameOf(CeremonyFault.Malformed),
            true when confirm is ConfirmPayload.Accusation accusation => $"accuses {accusation.Cheat}: {accusation.How}",
            true => Done,
        };
    }

    /// <param name="Name">The member's.</param>
    /// <param name="Steps">One word per step: done, waiting, or what is wrong.</param>
    internal sealed record Row(string Name, IReadOnlyList<string> Steps);
}
