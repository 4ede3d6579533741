using SupplyChain.Protocol.Statements;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Protocol.Tests.Statements;

public sealed class KnownSignaturesTests
{
    private static readonly TestNetwork Network = TestNetwork.Create();
    private static readonly Release TheRelease = TestNetwork.ReleaseOf("1.0.0");
    private static readonly Envelope Entry = Network.Sign(TheRelease);

    [Fact]
    public void A_valid_signature_is_remembered_once()
    {
        var known = new KnownSignatures();
        Assert.True(Entry.IsSignedExactlyBy(known, Network.Maintainers.Key.PublicKey));
        Assert.True(Entry.IsSignedExactlyBy(known, Network.Maintainers.Key.PublicKey));
        Assert.Equal(1, known.Count);
    }

    [Fact]
    public void What_is_not_valid_is_neither_remembered_nor_made_valid_by_what_is()
    {
        var known = new KnownSignatures();
        Assert.True(Entry.IsSignedExactlyBy(known, Network.Maintainers.Key.PublicKey));
        var signature = Assert.Single(Entry.Signatures);
        byte[] altered = signature.Signature.ToArray();
        altered[^1] ^= 1;
        byte[] other = TestNetwork.ReleaseOf("1.0.1").ToPayload();

        Assert.False(Envelope.Of(other, signature).IsSignedExactlyBy(known, Network.Maintainers.Key.PublicKey));
        Assert.False(Envelope.Of(Entry.Payload.Span, signature with { Signature = altered }).IsSignedExactlyBy(known, Network.Maintainers.Key.PublicKey));
        Assert.False(Entry.IsSignedExactlyBy(known, Network.RootHolders.Key.PublicKey));
        Assert.Equal(1, known.Count);
    }

    [Fact]
    public void The_oldest_is_forgotten()
    {
        var known = new KnownSignatures();
        for (int number = 0; number <= KnownSignatures.Most; number++)
        {
            var entry = Network.Sign(TestNetwork.ReleaseOf($"1.0.{number}"));
            Assert.True(entry.IsSignedExactlyBy(known, Network.Maintainers.Key.PublicKey));
        }

        Assert.Equal(KnownSignatures.Most, known.Count);
    }
}
