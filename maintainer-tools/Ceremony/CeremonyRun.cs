using System.Diagnostics;
using SupplyChain.MaintainerTools.Shares;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol;

namespace SupplyChain.MaintainerTools.Ceremony;

/// <summary>
/// Takes one member through a ceremony: reads the shared folder, does what <see cref="CeremonyMember"/> decides, waits, and may
/// be interrupted at any point. The member's seed is on disk before its first message, so that a restart deals the same; so is
/// every message of others before anything rests on it, so that whoever replaces one later is the one who is named.
/// </summary>
internal sealed class CeremonyRun : IDisposable
{
    private readonly CeremonyFolder _folder;
    private readonly Proposal _proposal;
    private readonly Identity _identity;
    private readonly SecretBuffer _passphrase;
    private readonly Settings _settings;
    private readonly string _roundPath;
    private readonly CeremonyFolder _seen;

    private CeremonyRun(CeremonyFolder folder, Proposal proposal, Identity identity, SecretBuffer passphrase, Settings settings)
    {
        _folder = folder;
        _proposal = proposal;
        _identity = identity;
        _passphrase = passphrase;
        _settings = settings;
        string round = Path.Combine(settings.OwnFolder, $"ceremony-{proposal.Id.ToHex()[..16]}");
        _roundPath = round + ".age";
        _seen = new CeremonyFolder(round + ".seen");
    }

    public Proposal Proposal => _proposal;

    /// <param name="folder">The shared one.</param>
    /// <param name="passphrase">Of the identity; it seals the round's seed and the share too. Stays the caller's.</param>
    /// <param name="settings">Where things lie, and how patient to be.</param>
    /// <exception cref="CommandFailure">No proposal, or this identity is not in it.</exception>
    public static CeremonyRun Open(CeremonyFolder folder, SecretBuffer passphrase, Settings settings)
    {
        var proposal = folder.Proposal();
        var identity = Identity.Open(settings.OwnFolder, passphrase);
        int index = proposal.IndexOf(identity.Public.Name);
        if (index > 0 && proposal.Member(index).Key.Equals(identity.Public.Key))
            return new CeremonyRun(folder, proposal, identity, passphrase, settings);

        string name = identity.Public.Name;
        identity.Dispose();
        throw CommandFailure.Refused("not-a-member", $"The proposal in {folder.Location} has no member {name} with your identity key.",
            "send your identity.json to whoever proposed the ceremony");
    }

    /// <summary>Publishes this member's encryption key; again, it changes nothing.</summary>
    public void Join()
    {
        using var member = Member();
        Feed(member, CeremonyStep.Join);
        Act(member, CeremonyStep.Join);
    }

    /// <summary>Does every step until the ceremony is over. The share is on disk, and <c>group.json</c> in the shared folder.</summary>
    /// <exception cref="CommandFailure">This member has not joined this very proposal, the ceremony was aborted, or the others took too long.</exception>
    public async Task<GroupFile> RunAsync(Action<string> status, CancellationToken cancellation)
    {
        // The command line listens for Ctrl-C once a command first waits; before that a signal would end it in the middle of a step.
        await Task.Yield();
        if (_settings.Ceremony is { } agreed && agreed != _proposal.Id) throw Swapped(agreed);
        if (AlreadyDone() is { } group) return group;
        if (_settings.Ceremony is null && !File.Exists(_roundPath)) throw NotJoined();

        using var member = Member();
        var clock = Stopwatch.StartNew();
        while (true)
        {
            foreach (var step in Enum.GetValues<CeremonyStep>()) Feed(member, step);
            switch (Act(member, CeremonyStep.Confirm))
            {
                case CeremonyAction.Done done:
                    _folder.PublishGroup(done.Group);
                    if (Directory.Exists(_seen.Location)) Directory.Delete(_seen.Location, recursive: true);
                    File.Delete(_roundPath);
                    return done.Group;

                case CeremonyAction.Wait wait:
                    string missing = $"'{SignedMessage.NameOf(wait.Step)}' of {string.Join(", ", wait.Members)}";
                    if (clock.Elapsed > _settings.Timeout) throw TooLate(missing);
                    status($"waiting for {missing}");
                    await Task.Delay(_settings.Poll, cancellation).ConfigureAwait(false);
                    break;

                default:
                    break;
            }
        }
    }

    public void Dispose() => _identity.Dispose();

    // Reads a step's messages once the step is open: first what was seen before a restart, then what the folder shows now.
    private void Feed(CeremonyMember member, CeremonyStep step)
    {
        if (member.Open < step) return;

        foreach (var (sender, message) in _seen.Messages(step))
        {
            if (member.Receive(step, sender, message) is not null) return;
        }

        foreach (var (sender, message) in _folder.Messages(step))
        {
            if (member.Receive(step, sender, message) is not null) return;
            _seen.Publish(step, sender, message);
        }
    }

    // One action; what was published is read back with everything else.
    private CeremonyAction Act(CeremonyMember member, CeremonyStep last)
    {
        var action = member.Next();
        switch (action)
        {
            case CeremonyAction.Publish publish when publish.Step <= last:
                _folder.Publish(publish.Step, _identity.Public.Name, publish.File);
                break;

            case CeremonyAction.KeepShare keep when last == CeremonyStep.Confirm:
                ShareFile.Keep(_settings.SharePath, keep.Share, keep.Group, _passphrase, _settings.WorkFactor);
                member.ShareKept();
                break;

            case CeremonyAction.Stop stop:
                throw CommandFailure.Refused($"ceremony-{stop.Abort.Name}", $"The ceremony is over: {stop.Abort.Detail}",
                    $"find out with {stop.Abort.Member} what happened, then propose a new ceremony in an empty folder");

            default:
                break;
        }

        return action;
    }

    private CeremonyMember Member()
    {
        int index = _proposal.IndexOf(_identity.Public.Name);
        using var seed = OpenOrCreateSeed();
        return new CeremonyMember(_proposal, index, _identity.Key, seed);
    }

    private SecretBuffer OpenOrCreateSeed()
    {
        if (File.Exists(_roundPath))
        {
            var kept = SecretFile.Open(_roundPath, SecretKind.CeremonyRound, _passphrase, out string label);
            if (label == _proposal.Id.ToHex()) return kept;

            kept.Dispose();
            throw CommandFailure.Refused("round-other-ceremony", $"{_roundPath} belongs to another ceremony.", "move it away and join again");
        }

        var seed = SecretBuffer.Random(SecretFile.SecretSize);
        SecretFile.Create(_roundPath, SecretKind.CeremonyRound, _proposal.Id.ToHex(), seed, _passphrase, _settings.WorkFactor);
        return seed;
    }

    // After the end the seed is gone; the share and the group are what remains.
    private GroupFile? AlreadyDone()
    {
        if (File.Exists(_roundPath) || !File.Exists(_settings.SharePath)) return null;
        if (_folder.Group() is not { } group) return null;
        if (ExpectedGroup.Difference(_proposal, _folder.Messages(CeremonyStep.Deal), group) is { } difference)
            throw _folder.ForeignGroup(difference);

        using var share = ShareFile.Open(_settings.SharePath, group, _passphrase);
        return group;
    }

    // Whoever can write into the folder can swap the proposal between two commands.
    private CommandFailure NotJoined() => CommandFailure.Refused("not-joined",
        $"You have not joined the ceremony {_proposal.Id.ToHex()} that is proposed in {_folder.Location}.",
        "run `share ceremony join` first and compare the id by voice, or give the agreed id with --ceremony");

    private CommandFailure Swapped(Digest agreed) => CommandFailure.Refused("ceremony-differs",
        $"{_folder.Location} proposes the ceremony {_proposal.Id.ToHex()}, not {agreed.ToHex()}.",
        "find out who replaced the proposal; do not take part before you know");

    private CommandFailure TooLate(string missing) => CommandFailure.Failed("ceremony-waiting",
        $"After {_settings.Timeout.TotalSeconds:0} s the {missing} was still missing in {_folder.Location}.",
        "ask them to run `share ceremony join` and `run`, then run this again: it goes on where it was");

    /// <param name="OwnFolder">With the identity; the round's seed is kept there.</param>
    /// <param name="SharePath">Where the share goes.</param>
    /// <param name="WorkFactor">Of scrypt.</param>
    /// <param name="Poll">Between two looks into the shared folder.</param>
    /// <param name="Timeout">How long to wait for the others.</param>
    /// <param name="Ceremony">The id agreed on by voice; null where joining was the agreement.</param>
    public sealed record Settings(
        string OwnFolder, string SharePath, int WorkFactor, TimeSpan Poll, TimeSpan Timeout, Digest? Ceremony = null);
}
