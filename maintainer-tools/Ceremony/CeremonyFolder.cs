using SupplyChain.MaintainerTools.Shares;
using SupplyChain.MaintainerTools.Terminal;

namespace SupplyChain.MaintainerTools.Ceremony;

/// <summary>
/// The shared folder of a ceremony: whatever carries files between the members, such as a synchronised folder or a
/// repository. Nothing in it is secret and nothing in it is trusted.
/// </summary>
internal sealed class CeremonyFolder(string location)
{
    private const string ProposalName = "proposal.json", Extension = ".json";

    public string Location { get; } = location;

    public string GroupPath => Path.Combine(Location, GroupFile.FileName);

    /// <exception cref="CommandFailure">The folder holds a ceremony already.</exception>
    public void Propose(Proposal proposal) => DurableFile.CreatePublic(Path.Combine(Location, ProposalName), proposal.ToBytes());

    /// <exception cref="CommandFailure">There is no proposal, or it is not one.</exception>
    public Proposal Proposal()
    {
        string file = Path.Combine(Location, ProposalName);
        return Ceremony.Proposal.TryRead(DurableFile.Read(file, ToolLimits.MaxPublicFile), out var proposal)
            ? proposal
            : throw CommandFailure.Refused("proposal-malformed", $"{file} is not a proposal.",
                "ask its author to run `share ceremony propose` again");
    }

    public void Publish(CeremonyStep step, string member, byte[] message) =>
        DurableFile.EnsurePublic(Path.Combine(Location, SignedMessage.NameOf(step), member + Extension), message);

    /// <summary>The messages of a step under the names of their senders. Hidden files are somebody's unfinished writing.</summary>
    public IReadOnlyList<(string Sender, byte[] Message)> Messages(CeremonyStep step)
    {
        var directory = new DirectoryInfo(Path.Combine(Location, SignedMessage.NameOf(step)));
        if (!directory.Exists) return [];

        return
        [
            .. directory.EnumerateFiles('*' + Extension).Where(file => file.Name[0] != '.')
                .OrderBy(file => file.Name, StringComparer.Ordinal)
                .Select(file => (file.Name[..^Extension.Length], DurableFile.Read(file.FullName, ToolLimits.MaxCeremonyMessage))),
        ];
    }

    /// <summary>What somebody has written as the finished group: <see cref="ExpectedGroup"/> tells whether it is.</summary>
    public GroupFile? Group() => File.Exists(GroupPath) ? GroupFile.Load(GroupPath) : null;

    /// <exception cref="CommandFailure">Another group lies there.</exception>
    public void PublishGroup(GroupFile group)
    {
        byte[] made = group.ToBytes();
        if (File.Exists(GroupPath) && !DurableFile.Read(GroupPath, ToolLimits.MaxPublicFile).AsSpan().SequenceEqual(made))
            throw ForeignGroup("this member computed another one");

        DurableFile.EnsurePublic(GroupPath, made);
    }

    public CommandFailure ForeignGroup(string why) => CommandFailure.Refused("group-foreign",
        $"{GroupPath} is not the result of this ceremony: {why}.",
        "find out who put it there, move it away, and run this again; never use it");
}
