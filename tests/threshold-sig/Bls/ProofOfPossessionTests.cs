using SupplyChain.ThresholdSig.Bls;
using SupplyChain.ThresholdSig.Curve;
using SupplyChain.ThresholdSig.Field;

namespace SupplyChain.ThresholdSig.Tests.Bls;

public sealed class ProofOfPossessionTests
{
    private readonly Scalar _secret = Draw.Scalar(new Random(1));
    private readonly PublicKey _key;
    private readonly ProofOfPossession _proof;

    public ProofOfPossessionTests()
    {
        _key = new PublicKey(G2.Generator * _secret);
        _proof = ProofOfPossession.Create(_secret, _key, "ceremony"u8);
    }

    [Fact]
    public void A_proof_holds_for_its_key_and_context_only()
    {
        Assert.True(_proof.Verify(_key, "ceremony"u8));
        Assert.False(_proof.Verify(_key, "ceremony2"u8));
        Assert.False(_proof.Verify(_key, []));
        Assert.False(_proof.Verify(new PublicKey(G2.Generator), "ceremony"u8));
    }

    [Fact]
    public void A_proof_is_read_back_equal()
    {
        Assert.True(ProofOfPossession.TryRead(_proof.ToBytes(), out ProofOfPossession? again));
        Assert.Equal(_proof, again);
        Assert.False(ProofOfPossession.TryRead(_proof.ToBytes().AsSpan(1), out _));
    }

    [Fact]
    public void A_signature_on_the_same_bytes_is_no_proof()
    {
        Point<Fp> hash = HashToG1.RandomOracle([.. _key.ToBytes(), .. "ceremony"u8], Ciphersuite.Default.Tag);
        byte[] signature = new Signature(hash * _secret).ToBytes();
        Assert.True(ProofOfPossession.TryRead(signature, out ProofOfPossession? forged));
        Assert.False(forged.Verify(_key, "ceremony"u8));
    }

    [Fact]
    public void Without_a_context_it_is_the_proof_of_the_draft()
    {
        var standard = ProofOfPossession.Create(_secret, _key, []);
        Assert.True(Signature.TryRead(standard.ToBytes(), out Signature? signature));
        var suite = Ciphersuite.ForDst("BLS_POP_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_");
        Assert.True(_key.Verify(_key.ToBytes(), signature, suite));
    }
}
