using SupplyChain.Protocol.Statements;
using SupplyChain.ThresholdSig.KeyGeneration;
using SupplyChain.ThresholdSig.Sharing;
using SupplyChain.ThresholdSig.Signing;

namespace SupplyChain.Tests.Kit;

/// <summary>
/// A role's maintainers: 2 of 3, their shares dealt from a fixed seed by one dealer, which only a test may trust.
/// </summary>
public sealed class TestGroup
{
    private readonly PrivateShare[] _shares;

    public TestGroup(string name)
    {
        var threshold = new Threshold(members: 3, required: 2, faulty: 1);
        using var dealer = Dealer.FromSeed(1, threshold, TestNetwork.Seed($"group {name}"), "test"u8);

        Key = new GroupKey(threshold, dealer.Dealing.Commitment);
        _shares = [.. Enumerable.Range(1, threshold.Members).Select(member => ShareOf(dealer, member))];
    }

    public GroupKey Key { get; }

    /// <summary>In the order of members 1, 2, 3.</summary>
    public IReadOnlyList<PrivateShare> Shares => _shares;

    /// <summary>The group's signature on a statement's payload.</summary>
    public EnvelopeSignature Sign(ReadOnlySpan<byte> payload)
    {
        byte[] message = Envelope.Pae(payload);
        var combined = (Combination.Combined)Combiner.Combine(Key, message, [_shares[0].Sign(message), _shares[2].Sign(message)]);
        return new EnvelopeSignature(EnvelopeSignature.KeyIdOf(Key.PublicKey), combined.Signature.ToBytes());
    }

    public Envelope Sign(Statement statement)
    {
        byte[] payload = statement.ToPayload();
        return Envelope.Of(payload, Sign(payload));
    }

    private static PrivateShare ShareOf(Dealer dealer, int member)
    {
        byte[] secret = new byte[Dealer.ShareSize];
        dealer.ExportShare(member, secret);
        return PrivateShare.TryImport(member, secret, out var share)
            ? share
            : throw new InvalidOperationException("The dealer's share is no share.");
    }
}
