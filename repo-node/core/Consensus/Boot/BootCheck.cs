using SupplyChain.Protocol.Trust;
using SupplyChain.RepoNode.Core.Attestation;

namespace SupplyChain.RepoNode.Core.Consensus.Boot;

/// <summary>What an answer to the boot question means.</summary>
public abstract record BootVerdict
{
    private BootVerdict()
    {
    }

    /// <summary>Not enough peers have answered: sign nothing.</summary>
    public sealed record Waits : BootVerdict;

    /// <summary>2f peers know of nothing that is not in the journal: the node may sign.</summary>
    public sealed record Passed : BootVerdict;

    /// <summary>This node has signed what its journal does not hold: it must never sign again.</summary>
    public sealed record Restored(string Seen) : BootVerdict;

    /// <summary>The peer shows a signature that this node never made.</summary>
    public sealed record Forged : BootVerdict;
}

/// <summary>
/// Whether the signing journal is the newest one, asked of the peers at each start (docs/protocol.md §11). A data folder
/// that was restored from a snapshot has an older journal: signing by it would contradict what was signed since. 2f
/// answers are awaited, f of which are honest even when f lie by silence. Pure; the host asks and hands in the answers.
/// </summary>
public sealed class BootCheck
{
    private readonly TrustRoot _root;
    private readonly Committee _committee;
    private readonly byte _self;
    private readonly JournaledVotes _votes;
    private readonly JournalRecord.CosignedCheckpoint? _cosigned;
    private readonly HashSet<byte> _answered = [];

    /// <param name="root">Names the nodes.</param>
    /// <param name="self">This node's number.</param>
    /// <param name="votes">The journal's, as they stood at the start.</param>
    /// <param name="cosigned">The journal's last checkpoint, or null.</param>
    /// <param name="question">A number that no earlier start has used; answers repeat it.</param>
    public BootCheck(
        TrustRoot root, byte self, JournaledVotes votes, JournalRecord.CosignedCheckpoint? cosigned, ulong question)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(votes);
        (_root, _committee, _self) = (root, new Committee(root), self);
        (_votes, _cosigned, Question) = (votes, cosigned, question);
    }

    public ulong Question { get; }

    /// <summary>2f.</summary>
    public int Needed => 2 * _root.Quorum.Faulty;

    /// <summary>Different peers that have answered.</summary>
    public int Answers => _answered.Count;

    public bool HasPassed => Answers >= Needed;

    public bool HasAnswered(byte peer) => _answered.Contains(peer);

    /// <summary>
    /// Takes a peer's answer. Once the check has passed the node signs again, and a late answer may rightly show what
    /// the journal did not have at the start: it is not looked at.
    /// </summary>
    public BootVerdict Take(byte peer, LastSigned answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentOutOfRangeException.ThrowIfEqual(peer, _self);
        if (HasPassed || answer.Question != Question) return Standing;
        if (!IsOwn(answer)) return new BootVerdict.Forged();
        if (answer.Vote is { } vote && !_votes.Cover(vote))
        {
            return new BootVerdict.Restored(
                $"{NameOf(peer)} holds this node's {vote.Kind} vote of {vote.View}, and the journal has {_votes}");
        }

        if (answer.Cosignature is { } seen && !IsJournaled(seen.Size, seen.Root, seen.Time))
        {
            return new BootVerdict.Restored(
                $"{NameOf(peer)} holds this node's cosignature on tree size {seen.Size} of time {seen.Time}, and the "
                + $"journal's last is on size {_cosigned?.Size ?? 0} of time {_cosigned?.Time ?? 0}");
        }

        _answered.Add(peer);
        return Standing;
    }

    private BootVerdict Standing => HasPassed ? new BootVerdict.Passed() : new BootVerdict.Waits();

    private string NameOf(byte peer) => _root.Nodes[peer].Name;

    // The journal keeps only the last checkpoint. Cosigned checkpoints grow, and so do the times on one of them.
    private bool IsJournaled(ulong size, Protocol.Digest root, long time)
    {
        if (_cosigned is null || size > _cosigned.Size) return false;
        return size < _cosigned.Size || (root == _cosigned.Root && time <= _cosigned.Time);
    }

    private bool IsOwn(LastSigned answer) =>
        (answer.Vote is not { } vote || (vote.Signer == _self && _committee.Verifies(vote)))
        && (answer.Cosignature is not { } cosignature
            || (cosignature.Node == _self && Cosignatures.Verifies(_root, cosignature)));
}
