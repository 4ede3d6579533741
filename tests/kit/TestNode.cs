using SupplyChain.Protocol;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Trust;

namespace SupplyChain.Tests.Kit;

/// <summary>A repository node's keys, made from a fixed seed.</summary>
public sealed class TestNode
{
    public TestNode(int index)
    {
        Index = index;
        Name = $"node-{index:d2}";
        AttestationKey = Ed25519PrivateKey.FromSeed(TestNetwork.Seed($"attestation {index}"));
        VoteKey = Ed25519PrivateKey.FromSeed(TestNetwork.Seed($"vote {index}"));
        LogKey = Ed25519PrivateKey.FromSeed(TestNetwork.Seed($"log {index}"));
    }

    public int Index { get; }

    public string Name { get; }

    public Ed25519PrivateKey AttestationKey { get; }

    public Ed25519PrivateKey VoteKey { get; }

    public Ed25519PrivateKey LogKey { get; }

    /// <summary>With addresses that resolve nowhere, and a pin that no certificate has.</summary>
    public NodeIdentity Identity => new(
        Name,
        AttestationKey.PublicKey,
        VoteKey.PublicKey,
        LogKey.PublicKey,
        new Digest(TestNetwork.Seed($"transport {Index}")),
        $"http://{Name}.example.org:8080",
        $"{Name}.example.org:9090");

    /// <summary>This node's cosignature.</summary>
    public NoteSignature Attest(Checkpoint checkpoint, long time) =>
        Cosignature.Sign(AttestationKey, Name, checkpoint.ToText(), (ulong)time);

    /// <summary>The log signature on a checkpoint that this node serves.</summary>
    public NoteSignature SignAsLog(Checkpoint checkpoint) =>
        LogSignature.Sign(LogKey, checkpoint.Origin, checkpoint.ToText());
}
