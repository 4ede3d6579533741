using SupplyChain.MaintainerTools.Shares;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Keys;
using SupplyChain.ThresholdSig.KeyGeneration;
using SupplyChain.ThresholdSig.Signing;

namespace SupplyChain.MaintainerTools.Ceremony;

/// <summary>What a member does next.</summary>
internal abstract record CeremonyAction
{
    private CeremonyAction()
    {
    }

    /// <summary>Put this message into the folder.</summary>
    public sealed record Publish(CeremonyStep Step, byte[] File) : CeremonyAction;

    /// <summary>Wait for messages of these members.</summary>
    public sealed record Wait(CeremonyStep Step, IReadOnlyList<string> Members) : CeremonyAction;

    /// <summary>Put the share on disk, then call <see cref="CeremonyMember.ShareKept"/>: a share that is confirmed must not be lost.</summary>
    public sealed record KeepShare(PrivateShare Share, GroupKey Group) : CeremonyAction;

    public sealed record Done(GroupFile Group) : CeremonyAction;

    public sealed record Stop(CeremonyAbort Abort) : CeremonyAction;
}

/// <summary>
/// One member's side of a ceremony (docs/protocol.md §12): messages in, next action out; no files, no clock.
/// <para>Joint-Feldman, in three rounds. <b>Join</b>: everyone shows an encryption key for this ceremony. <b>Deal</b>: everyone
/// shares a random secret of its own among all. <b>Confirm</b>: everyone checks every dealing, adds up its share, keeps it, and
/// signs with it. The key is the sum of all secrets, so it is unknown to any t−1; who deals last can choose among many of its own
/// dealings and so bias the key, which does not help to forge.</para>
/// <para>Everything secret comes from one 32-byte seed, so a restarted member deals the same again. The first bad message ends the
/// ceremony: with all present and talking, holding it again without the cheat is simpler than repairing it.</para>
/// </summary>
internal sealed class CeremonyMember : IDisposable
{
    private readonly Proposal _proposal;
    private readonly int _self;
    private readonly Ed25519PrivateKey _identity;
    private readonly EncryptionKey _receiving;
    private readonly EncryptionKey _sending;
    private readonly Dealer _dealer;
    private readonly ThresholdSig.KeyGeneration.Ceremony _addition;

    private readonly Dictionary<(CeremonyStep Step, int Member), byte[]> _files = [];
    private readonly SortedDictionary<int, JoinPayload> _joins = [];
    private readonly SortedDictionary<int, (Digest Payload, DealPayload Deal)> _deals = [];
    private readonly SortedDictionary<int, PartialSignature> _partials = [];

    private ConfirmPayload? _confirmation;
    private CeremonyResult.Completed? _completed;
    private CeremonyAbort? _cheat;
    private CeremonyAbort? _abort;
    private bool _shareKept;

    /// <param name="proposal">What everyone agreed on.</param>
    /// <param name="self">This member's index, 1 to m.</param>
    /// <param name="identity">Stays the caller's.</param>
    /// <param name="seed">32 random bytes, kept sealed until the ceremony is over.</param>
    public CeremonyMember(Proposal proposal, int self, Ed25519PrivateKey identity, SecretBuffer seed)
    {
        _proposal = proposal;
        _self = self;
        _identity = identity;
        byte[] id = proposal.Id.ToArray();
        _receiving = EncryptionKey.FromSeed(seed.Span, [.. id, .. "receive"u8]);
        _sending = EncryptionKey.FromSeed(seed.Span, [.. id, .. "send"u8]);
        _dealer = Dealer.FromSeed(self, proposal.Threshold, seed.Span, id);
        _addition = new ThresholdSig.KeyGeneration.Ceremony(proposal.Threshold, self, id);
    }

    /// <summary>The step whose messages are taken now, besides those of earlier steps.</summary>
    public CeremonyStep Open =>
        !HasAll(CeremonyStep.Join) ? CeremonyStep.Join
        : !HasAll(CeremonyStep.Deal) ? CeremonyStep.Deal
        : CeremonyStep.Confirm;

    /// <summary>Takes a message that was found under a member's name; the same one again changes nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The step is not open yet.</exception>
    public CeremonyAbort? Receive(CeremonyStep step, string sender, ReadOnlySpan<byte> file)
    {
        if (step > Open) throw new ArgumentOutOfRangeException(nameof(step), step, "Not open yet.");
        if (_abort is not null) return _abort;

        int index = _proposal.IndexOf(sender);
        bool known = _files.TryGetValue((step, index), out byte[]? earlier);
        if (known && file.SequenceEqual(earlier)) return null;

        // First of all the signature: anybody can put other bytes into the folder, only the sender can contradict itself.
        if (SignedMessage.Check(_proposal, step, sender, file, out var message) is { } fault) return StopFor(sender, fault, step);
        if (known) return StopFor(sender, CeremonyFault.Changed, step);
        if (index == _self && !file.SequenceEqual(OwnFile(step))) return StopFor(sender, CeremonyFault.Changed, step);

        // Everybody says what it saw before it judges what the others say, so that no one waits for a member that stopped.
        if (step == CeremonyStep.Confirm && index != _self && !_files.ContainsKey((step, _self))) return null;
        if (Take(step, index, message!.Payload.Span) is { } found) return StopFor(sender, found, step);

        _files.Add((step, index), file.ToArray());
        return _abort;
    }

    public CeremonyAction Next()
    {
        if (_abort is not null) return new CeremonyAction.Stop(_abort);

        foreach (var step in Enum.GetValues<CeremonyStep>())
        {
            if (step == CeremonyStep.Confirm && KeepFirst() is { } keep) return keep;
            if (!_files.ContainsKey((step, _self))) return new CeremonyAction.Publish(step, OwnFile(step));
            if (!HasAll(step)) return new CeremonyAction.Wait(step, Missing(step));
        }

        return Finish();
    }

    /// <summary>The share is on disk: now it may be confirmed.</summary>
    public void ShareKept() => _shareKept = true;

    public void Dispose()
    {
        _completed?.Share.Dispose();
        _addition.Dispose();
        _dealer.Dispose();
        _sending.Dispose();
        _receiving.Dispose();
    }

    private CeremonyAction.KeepShare? KeepFirst()
    {
        _ = Confirmation();
        return _completed is not null && !_shareKept ? new CeremonyAction.KeepShare(_completed.Share, _completed.GroupKey) : null;
    }

    private CeremonyAction.Done Finish()
    {
        // Every part was checked as it came.
        var key = _completed!.GroupKey;
        var transcript = Transcript();
        byte[] proof = GroupFile.ProofText(_proposal.Id, transcript);
        var combination = Combiner.Combine(key, proof, [.. _partials.Values]) as Combination.Combined;
        Invariant.Holds(combination is not null, "parts that verify combine");
        return new CeremonyAction.Done(GroupFile.Of(_proposal, key, transcript, combination.Signature));
    }

    private CeremonyFault? Take(CeremonyStep step, int index, ReadOnlySpan<byte> payload) => step switch
    {
        CeremonyStep.Join => TakeJoin(index, payload),
        CeremonyStep.Deal => TakeDeal(index, payload),
        CeremonyStep.Confirm => TakeConfirm(index, payload),
        _ => throw new ArgumentOutOfRangeException(nameof(step)),
    };

    private CeremonyFault? TakeJoin(int index, ReadOnlySpan<byte> payload)
    {
        if (!JoinPayload.TryRead(payload, out var join)) return CeremonyFault.Malformed;

        _joins.Add(index, join);
        return null;
    }

    private CeremonyFault? TakeDeal(int index, ReadOnlySpan<byte> payload)
    {
        if (!DealPayload.TryRead(payload, _proposal.Threshold, out var deal) || deal.Dealing.DealerIndex != index)
            return CeremonyFault.Malformed;

        _deals.Add(index, (Digest.Of(payload), deal));
        return null;
    }

    private CeremonyFault? TakeConfirm(int index, ReadOnlySpan<byte> payload)
    {
        if (!ConfirmPayload.TryRead(payload, out var confirm)) return CeremonyFault.Malformed;
        if (index == _self && _cheat is not null)
        {
            _abort = _cheat;
            return null;
        }

        if (confirm is ConfirmPayload.Accusation accusation)
        {
            string accuser = _proposal.Member(index).Name;
            _abort = new CeremonyAbort(accusation.Cheat, CeremonyFault.Accused,
                $"{accuser} says that {accusation.Cheat} cheated: {accusation.How}. One of the two is lying or broken.");
            return null;
        }

        var agreed = (ConfirmPayload.Agreed)confirm;
        var key = _completed!.GroupKey;
        if (agreed.Transcript != Transcript() || !agreed.GroupKey.Equals(key.PublicKey)) return CeremonyFault.TranscriptDiffers;

        byte[] proof = GroupFile.ProofText(_proposal.Id, agreed.Transcript);
        if (agreed.Partial.Index != index || !key.VerifyPartial(proof, agreed.Partial)) return CeremonyFault.WrongPartial;

        _partials.Add(index, agreed.Partial);
        return null;
    }

    private byte[] OwnFile(CeremonyStep step)
    {
        var me = _proposal.Member(_self);
        byte[] payload = step switch
        {
            CeremonyStep.Join => new JoinPayload(_receiving.PublicKey).ToBytes(_proposal.Id, me),
            CeremonyStep.Deal => new DealPayload(_dealer.Dealing, _sending.PublicKey, [.. SealShares()]).ToBytes(_proposal.Id, me),
            CeremonyStep.Confirm => Confirmation().ToBytes(_proposal.Id, me),
            _ => throw new ArgumentOutOfRangeException(nameof(step)),
        };
        return SignedMessage.Sign(step, _proposal.Id, payload, _identity);
    }

    private IEnumerable<byte[]> SealShares()
    {
        using var share = new SecretBuffer(Dealer.ShareSize);
        foreach (var (receiver, join) in _joins)
        {
            _dealer.ExportShare(receiver, share.Span);
            yield return SealedShare.Seal(new SealedShare.Context(_proposal.Id, _self, receiver), _sending, join.Key, share.Span);
        }
    }

    // Checks and adds up all dealings, once.
    private ConfirmPayload Confirmation()
    {
        if (_confirmation is not null) return _confirmation;

        _cheat = AddUp();
        return _confirmation = _cheat is null ? Agree() : new ConfirmPayload.Accusation(_cheat.Member, _cheat.Name);
    }

    private CeremonyAbort? AddUp()
    {
        foreach (var (dealer, (_, deal)) in _deals)
        {
            if (FaultOf(dealer, deal) is { } fault)
            {
                string name = _proposal.Member(dealer).Name;
                return new CeremonyAbort(name, fault, $"The dealing of {name} is refused: {CeremonyAbort.NameOf(fault)}.");
            }
        }

        _completed = _addition.Finish() as CeremonyResult.Completed;
        return _completed is null
            ? new CeremonyAbort("everybody", CeremonyFault.Cancelled, "The dealings cancel each other out.")
            : null;
    }

    private CeremonyFault? FaultOf(int dealer, DealPayload deal)
    {
        var context = new SealedShare.Context(_proposal.Id, dealer, _self);
        if (!SealedShare.TryOpen(context, _receiving, deal.Key, deal.Shares[_self - 1], out var share)) return CeremonyFault.WrongShare;

        using (share)
        {
            return _addition.Receive(deal.Dealing, share.Span) switch
            {
                null => null,
                DealingFault.WrongProof => CeremonyFault.WrongProof,
                DealingFault.WrongShare => CeremonyFault.WrongShare,
                DealingFault.WrongGroup or DealingFault.DealtTwice => CeremonyFault.Malformed,
                _ => throw new InvalidOperationException("An unknown fault."),
            };
        }
    }

    private ConfirmPayload.Agreed Agree()
    {
        var transcript = Transcript();
        var partial = _completed!.Share.Sign(GroupFile.ProofText(_proposal.Id, transcript));
        return new ConfirmPayload.Agreed(transcript, _completed.GroupKey.PublicKey, partial);
    }

    private Digest Transcript() => ExpectedGroup.TranscriptOf(_deals.Values.Select(deal => deal.Payload));

    private bool HasAll(CeremonyStep step) => Missing(step).Count == 0;

    private List<string> Missing(CeremonyStep step) =>
    [
        .. Enumerable.Range(1, _proposal.Members.Count)
            .Where(index => !_files.ContainsKey((step, index))).Select(index => _proposal.Member(index).Name),
    ];

    private CeremonyAbort StopFor(string sender, CeremonyFault fault, CeremonyStep step) =>
        _abort = new CeremonyAbort(sender, fault, Explain(sender, fault, SignedMessage.NameOf(step), sender == _proposal.Member(_self).Name));

    private static string Explain(string sender, CeremonyFault fault, string step, bool own) => fault switch
    {
        CeremonyFault.NotAMember => $"{sender} is not a member but has put a '{step}' into the folder.",
        CeremonyFault.Malformed => $"The '{step}' of {sender} is not in its one spelling.",
        CeremonyFault.OtherCeremony => $"The '{step}' of {sender} belongs to another ceremony.",
        CeremonyFault.WrongSender => $"The '{step}' under the name of {sender} says that somebody else wrote it.",
        CeremonyFault.WrongSignature => $"The '{step}' of {sender} is not signed with {sender}'s identity key.",
        CeremonyFault.Changed when own => $"Another '{step}' of yours is in the folder than the one you would write.",
        CeremonyFault.Changed => $"{sender} has shown two different messages for '{step}'.",
        CeremonyFault.TranscriptDiffers => $"{sender} confirms other dealings than those in this folder.",
        CeremonyFault.WrongPartial => $"The partial signature of {sender} does not verify.",
        CeremonyFault.WrongProof or CeremonyFault.WrongShare or CeremonyFault.Accused or CeremonyFault.Cancelled =>
            $"The '{step}' of {sender} is refused: {CeremonyAbort.NameOf(fault)}.",
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };
}
