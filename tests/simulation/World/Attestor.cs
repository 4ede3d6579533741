using SupplyChain.Protocol;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;
using SupplyChain.RepoNode.Core.Attestation;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Simulation.Tests.World;

/// <summary>A checkpoint that a node holds for certified, and who cosigned it.</summary>
internal sealed record CertifiedCheckpoint(ulong Size, Digest Root, IReadOnlyList<string> Signers);

/// <summary>The attestation core of one node, with the host's part: signing what was journaled.</summary>
internal sealed class Attestor
{
    private readonly TestNetwork _network;
    private readonly byte _self;
    private readonly Cosigner _cosigner;
    private readonly Cosignatures _cosignatures;
    private readonly HashSet<Digest> _fetching = [];
    private long? _wake;

    /// <param name="network">Everybody's keys.</param>
    /// <param name="self">The node's number.</param>
    /// <param name="last">The last checkpoint in its journal.</param>
    public Attestor(TestNetwork network, byte self, JournalRecord.CosignedCheckpoint? last)
    {
        _network = network;
        _self = self;
        _cosigner = new Cosigner(network.Root.Freshness.AttestEvery, last);
        _cosignatures = new Cosignatures(network.Root);
        var genesis = Publishers.Genesis(network.Nodes.Count);
        Extend(new Attestable(genesis.Size, genesis.LogRoot, []));
    }

    public IReadOnlyList<Digest> Missing => _cosigner.Missing;

    public IReadOnlyList<CosignatureGossip> Newest => _cosignatures.Newest;

    /// <summary>For the boot check of a peer.</summary>
    public CosignatureGossip? NewestOf(byte node) => _cosignatures.NewestOf(node);

    public CertifiedCheckpoint? Certified => _cosignatures.Certified is { } checkpoint
        ? new CertifiedCheckpoint(
            checkpoint.Size.Value, checkpoint.Root, [.. _cosignatures.OnCertified.Select(signature => signature.Name)])
        : null;

    public void Extend(FinalBlock final)
    {
        if (Attestable.Of(final) is { } candidate) Extend(candidate);
    }

    public void ArtifactsRead(IEnumerable<Digest> artifacts) => _cosigner.ArtifactsRead([.. artifacts]);

    /// <summary>True once for each artifact.</summary>
    public bool ShouldFetch(Digest artifact) => _fetching.Add(artifact);

    /// <summary>The record to write now; it counts as written.</summary>
    public JournalRecord.CosignedCheckpoint? Next(DateTimeOffset now)
    {
        // Nobody sets the clocks of a simulation, and none is more than two seconds ahead.
        var steady = now - DateTimeOffset.UnixEpoch;
        if (_cosigner.Next(now.ToUnixTimeSeconds(), steady, ClockStanding.Confirmed) is not { } record) return null;

        _cosigner.Journaled(record, steady);
        return record;
    }

    /// <summary>What the last life journaled and may not have sent, once.</summary>
    public JournalRecord.CosignedCheckpoint? TakeUnsent() => _cosigner.TakeUnsent();

    public CosignatureGossip Sign(JournalRecord.CosignedCheckpoint record) =>
        Sign(_network, _self, record.Size, record.Root, record.Time);

    public void Receive(CosignatureGossip cosignature) => _cosignatures.Add(cosignature);

    /// <summary>When it wants to be woken to cosign again, if that is not arranged yet.</summary>
    public DateTimeOffset? TakeWake()
    {
        // A stamp has whole seconds: one more, and the time since is over for certain.
        if (_cosigner.Last is not { } last || last.Time + _cosigner.AttestEvery + 1 is var due && due == _wake) return null;

        _wake = due;
        return DateTimeOffset.FromUnixTimeSeconds(due);
    }

    public static CosignatureGossip Sign(TestNetwork network, byte node, ulong size, Digest root, long time)
    {
        var signature = network.Nodes[node].Attest(new Checkpoint(TestNetwork.Origin, new TreeSize(size), root), time);
        bool read = Cosignature.TryRead(signature, out _, out var bytes);
        if (!read) throw new InvalidOperationException("The own cosignature cannot be read back.");

        return new CosignatureGossip(size, root, node, time, new VoteSignature(bytes));
    }

    private void Extend(Attestable candidate)
    {
        _cosigner.Extend(candidate);
        _cosignatures.Extend(candidate.Size, candidate.Root);
    }
}
