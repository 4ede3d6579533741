using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Nonces;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Tests.Statements;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Protocol.Tests.Nonces;

/// <summary>What a node says to a nonce, and what never passes for it.</summary>
public sealed class NonceAnswerTests
{
    private const long Now = TestNetwork.Created + 5_000;

    private static readonly TestNode Node = new(0), Other = new(1);
    private static readonly Checkpoint Newest = new(TestNetwork.Origin, new TreeSize(7), Digest.Of([7]));

    [Fact]
    public void One_signature_answers_every_nonce_of_an_instant()
    {
        foreach (int count in new[] { 1, 2, 3, 5, 8, 31, 100, Limits.MaxNoncesPerTree })
        {
            var nonces = Nonces(new Random(count), count);
            var answers = NonceAnswer.Sign(Node.AttestationKey, Newest, Now, nonces);
            Assert.Equal(count, answers.Count);
            foreach (int i in new[] { 0, count / 3, count - 1 })
            {
                Assert.True(answers[i].TryVerify(Node.AttestationKey.PublicKey, TestNetwork.Origin, nonces[i], out var said));
                Assert.Equal((Newest, Now), (said.Newest, said.Time));
                Assert.True(answers[i].ToBytes().Length <= Limits.MaxNonceAnswerSize);
            }
        }
    }

    [Fact]
    public void More_nonces_than_a_tree_holds_are_not_signed() => Assert.Throws<ArgumentOutOfRangeException>(
        () => NonceAnswer.Sign(Node.AttestationKey, Newest, Now, Nonces(new Random(1), Limits.MaxNoncesPerTree + 1)));

    [Fact]
    public void An_answer_to_another_nonce_is_no_answer()
    {
        var (nonce, answer) = Answer();
        var replayedTo = Nonces(new Random(2), 1)[0];
        Assert.NotEqual(nonce, replayedTo);
        Assert.False(answer.TryVerify(Node.AttestationKey.PublicKey, TestNetwork.Origin, replayedTo, out var statement));
        Assert.Null(statement);
    }

    [Fact]
    public void An_answer_of_another_node_or_another_network_is_no_answer()
    {
        var (nonce, answer) = Answer();
        Assert.False(answer.TryVerify(Other.AttestationKey.PublicKey, TestNetwork.Origin, nonce, out _));
        Assert.False(answer.TryVerify(Node.AttestationKey.PublicKey, "updates.example.org/other", nonce, out _));
        Assert.False(answer.TryVerify(Node.VoteKey.PublicKey, TestNetwork.Origin, nonce, out _));
    }

    [Fact]
    public void Every_altered_byte_is_seen()
    {
        var (nonce, answer) = Answer();
        byte[] bytes = answer.ToBytes();
        for (int i = 0; i < bytes.Length; i++)
        {
            byte[] altered = [.. bytes];
            altered[i] ^= 1;

            // How many nonces there were is no claim: what is signed is the root that the path leads to.
            Assert.True(
                !NonceAnswer.TryRead(altered, out var read)
                || !read.TryVerify(Node.AttestationKey.PublicKey, TestNetwork.Origin, nonce, out var said)
                || (said.Newest == Newest && said.Time == Now));
        }
    }

    [Fact]
    public void A_cosignature_never_passes_for_a_nonce_answer_nor_the_other_way()
    {
        var (nonce, answer) = Answer();
        Assert.True(Cosignature.TryRead(Node.Attest(Newest, Now), out _, out var cosignature));
        byte[] bytes = [.. answer.ToBytes().AsSpan(0, answer.ToBytes().Length - cosignature.Length), .. cosignature];
        Assert.True(NonceAnswer.TryRead(bytes, out var forged));
        Assert.False(forged.TryVerify(Node.AttestationKey.PublicKey, TestNetwork.Origin, nonce, out _));

        var verifier = Node.Identity.AttestationVerifier;
        var note = Cosignature.ToNoteSignature(verifier, (ulong)Now, answer.Signature);
        Assert.False(Cosignature.TryVerify(verifier, Newest.ToText(), note, out _));
    }

    [Fact]
    public void It_is_written_as_the_protocol_says()
    {
        var nonces = Nonces(new Random(1), 3);
        var answer = NonceAnswer.Sign(Node.AttestationKey, Newest, Now, nonces)[2];
        var left = NodeHash.Of(LeafHash.Of(nonces[0].AsSpan()), LeafHash.Of(nonces[1].AsSpan()));
        byte[] text = new ByteWriter().Bytes("supplychain/nonce/v1"u8).U8(0).Text16(TestNetwork.Origin)
            .Digest(NodeHash.Of(left, LeafHash.Of(nonces[2].AsSpan()))).U64(Now).U64(7).Digest(Newest.Root).ToArray();
        Assert.Equal(
            new ByteWriter().U64(Now).U64(7).Digest(Newest.Root).U16(3).U16(2).U8(1).Digest(left)
                .Bytes(Node.AttestationKey.Sign(text)).ToArray(),
            answer.ToBytes());
    }

    [Fact]
    public void It_is_read_back_as_it_was_and_every_cut_refused() => ForAll.Seeds(50, random =>
    {
        byte[] bytes = Random(random).ToBytes();
        Assert.True(NonceAnswer.TryRead(bytes, out var read));
        Assert.Equal(bytes, read.ToBytes());
        Assert.False(NonceAnswer.TryRead([.. bytes, 0], out _));
        for (int length = 0; length < bytes.Length; length++) Assert.False(NonceAnswer.TryRead(bytes.AsSpan(0, length), out _));
    });

    [Fact]
    public void Random_bytes_never_throw() => ForAll.Seeds(1_000, random =>
    {
        byte[] bytes = new byte[random.Next(600)];
        random.NextBytes(bytes);
        NonceAnswer.TryRead(bytes, out _);

        byte[] mutated = Random(random).ToBytes();
        mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
        if (NonceAnswer.TryRead(mutated, out var read)) Assert.Equal(mutated, read.ToBytes());
    });

    [Theory]
    [InlineData(1ul << 53, 7ul, 1, 0)]
    [InlineData(5ul, 0ul, 1, 0)]
    [InlineData(5ul, 1ul << 53, 1, 0)]
    [InlineData(5ul, 7ul, 0, 0)]
    [InlineData(5ul, 7ul, 1, 1)]
    [InlineData(5ul, 7ul, 4_097, 0)]
    public void Times_sizes_and_places_out_of_range_are_refused(ulong time, ulong size, int nonces, int index)
    {
        var writer = new ByteWriter().U64(time).U64(size).Digest(Newest.Root).U16((ushort)nonces).U16((ushort)index);
        int hashes = nonces > 1 ? 13 : 0;
        writer.U8((byte)hashes).Bytes(new byte[32 * hashes]).Bytes(new byte[64]);
        Assert.False(NonceAnswer.TryRead(writer.WrittenSpan, out _));
    }

    internal static NonceAnswer Random(Random random)
    {
        var newest = new Checkpoint(
            TestNetwork.Origin, new TreeSize(1 + (ulong)random.NextInt64(1L << 52)), RandomStatements.Hash(random));
        int count = 1 + random.Next(20);
        return NonceAnswer.Sign(Node.AttestationKey, newest, random.NextInt64(1L << 53), Nonces(random, count))[random.Next(count)];
    }

    private static (Nonce Nonce, NonceAnswer Answer) Answer()
    {
        var nonces = Nonces(new Random(1), 5);
        return (nonces[3], NonceAnswer.Sign(Node.AttestationKey, Newest, Now, nonces)[3]);
    }

    private static Nonce[] Nonces(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ =>
    {
        byte[] bytes = new byte[Nonce.Size];
        random.NextBytes(bytes);
        return new Nonce(bytes);
    })];
}
