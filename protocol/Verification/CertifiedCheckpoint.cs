using SupplyChain.Protocol.Notes;

namespace SupplyChain.Protocol.Verification;

/// <summary>A checkpoint that a quorum of a trust root's nodes attested not long ago. Only verifying makes one.</summary>
public sealed class CertifiedCheckpoint
{
    private readonly byte[] _note;

    internal CertifiedCheckpoint(Checkpoint checkpoint, byte[] note, IReadOnlyList<Attestation> attestations)
    {
        Checkpoint = checkpoint;
        _note = note;
        Attestations = attestations;
    }

    public Checkpoint Checkpoint { get; }

    /// <summary>The signed note it was read from.</summary>
    public ReadOnlyMemory<byte> Note => _note;

    /// <summary>One for each node whose attestation counted, in the root's order of nodes.</summary>
    public IReadOnlyList<Attestation> Attestations { get; }

    /// <summary>
    /// Median of the attested times, Unix seconds. At most f of at least 2f+1 lie, so it lies between times that honest
    /// nodes said.
    /// </summary>
    public long Time => Attestations.Select(attestation => attestation.Time).Order().ElementAt((Attestations.Count - 1) / 2);
}

/// <param name="Node">Number of the node in the root's order.</param>
/// <param name="Time">When it said so, Unix seconds.</param>
public readonly record struct Attestation(int Node, long Time);
