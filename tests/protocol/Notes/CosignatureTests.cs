using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Notes;

namespace SupplyChain.Protocol.Tests.Notes;

public sealed class CosignatureTests
{
    private static readonly byte[] Text = Samples.Utf8(Samples.CheckpointText);

    [Fact]
    public void Log_signature_and_cosignature_are_those_of_another_implementation()
    {
        using var key = Ed25519PrivateKey.FromSeed(Samples.Seed);
        var note = new SignedNote(Text,
        [
            LogSignature.Sign(key, Samples.Origin, Text),
            Cosignature.Sign(key, Samples.NodeName, Text, Samples.Time),
        ]);
        Assert.Equal(Samples.Utf8(Samples.Note), note.Encode());
    }

    [Fact]
    public void A_cosignature_is_verified_and_tells_its_time()
    {
        var (log, node) = Signatures();
        Assert.True(Cosignature.TryVerify(Key(Samples.NodeVerifierKey), Text, node, out ulong time));
        Assert.Equal(Samples.Time, time);
        Assert.True(LogSignature.Verify(Key(Samples.LogVerifierKey), Text, log));
    }

    [Fact]
    public void A_cosignature_on_another_text_or_at_another_time_is_refused()
    {
        var (_, node) = Signatures();
        var key = Key(Samples.NodeVerifierKey);
        byte[] later = node.Signature.ToArray();
        later[7]++;
        Assert.False(Cosignature.TryVerify(key, [.. Text, .. "extension\n"u8], node, out _));
        Assert.False(Cosignature.TryVerify(key, Text, new NoteSignature(node.Name, node.KeyId, later), out ulong time));
        Assert.Equal(0UL, time);
    }

    [Fact]
    public void A_signature_that_names_another_key_is_not_tried()
    {
        var (log, node) = Signatures();
        var key = Key(Samples.NodeVerifierKey);
        var otherName = new NoteSignature("node-2", node.KeyId, node.Signature);
        var otherId = new NoteSignature(node.Name, node.KeyId + 1, node.Signature);
        Assert.False(Cosignature.TryVerify(key, Text, otherName, out _));
        Assert.False(Cosignature.TryVerify(key, Text, otherId, out _));
        Assert.False(Cosignature.TryVerify(key, Text, log, out _));
        Assert.False(LogSignature.Verify(Key(Samples.LogVerifierKey), Text, node));
    }

    [Fact]
    public void A_log_signature_never_passes_for_a_cosignature_nor_the_other_way()
    {
        // Same key, same name: only type and signed message differ.
        using var key = Ed25519PrivateKey.FromSeed(Samples.Seed);
        var asLog = new VerifierKey("a", NoteKeyType.Ed25519, key.PublicKey);
        var asNode = new VerifierKey("a", NoteKeyType.Cosignature, key.PublicKey);
        var log = LogSignature.Sign(key, "a", Text);
        var node = Cosignature.Sign(key, "a", Text, 1);
        Assert.False(Cosignature.TryVerify(asLog, Text, node, out _));
        Assert.False(LogSignature.Verify(asNode, Text, log));
        Assert.False(LogSignature.Verify(asLog, Text, new NoteSignature("a", asLog.KeyId, node.Signature[8..])));
        byte[] timed = [0, 0, 0, 0, 0, 0, 0, 1, .. log.Signature];
        Assert.False(Cosignature.TryVerify(asNode, Text, new NoteSignature("a", asNode.KeyId, timed), out _));
    }

    [Fact]
    public void A_time_after_2_to_the_63_is_refused()
    {
        using var key = Ed25519PrivateKey.FromSeed(Samples.Seed);
        var verifier = new VerifierKey("a", NoteKeyType.Cosignature, key.PublicKey);
        var latest = Cosignature.Sign(key, "a", Text, long.MaxValue);
        Assert.True(Cosignature.TryVerify(verifier, Text, latest, out ulong time));
        Assert.Equal((ulong)long.MaxValue, time);
        Assert.Throws<ArgumentOutOfRangeException>(() => Cosignature.Sign(key, "a", Text, 1UL << 63));

        // Signed for real, so that only the time can be the reason.
        byte[] signature = key.Sign([.. "cosignature/v1\ntime 9223372036854775808\n"u8, .. Text]);
        byte[] tooLate = [0x80, 0, 0, 0, 0, 0, 0, 0, .. signature];
        Assert.False(Cosignature.TryVerify(verifier, Text, new NoteSignature("a", verifier.KeyId, tooLate), out _));
    }

    [Fact]
    public void Any_other_length_is_refused()
    {
        var (_, node) = Signatures();
        var key = Key(Samples.NodeVerifierKey);
        for (int length = 1; length < node.Signature.Length; length++)
        {
            var shorter = new NoteSignature(node.Name, node.KeyId, node.Signature[..length]);
            Assert.False(Cosignature.TryVerify(key, Text, shorter, out _));
        }

        byte[] longer = [.. node.Signature, 0];
        Assert.False(Cosignature.TryVerify(key, Text, new NoteSignature(node.Name, node.KeyId, longer), out _));
    }

    [Fact]
    public void A_cosignature_can_travel_as_time_and_signature()
    {
        var (_, node) = Signatures();
        var key = Key(Samples.NodeVerifierKey);
        Assert.True(Cosignature.TryRead(node, out ulong time, out var signature));
        var rebuilt = Cosignature.ToNoteSignature(key, time, signature);
        Assert.True(Cosignature.TryVerify(key, Text, rebuilt, out ulong verified));
        Assert.Equal(Samples.Time, verified);
        var logKey = Key(Samples.LogVerifierKey);
        Assert.Throws<ArgumentOutOfRangeException>(() => Cosignature.ToNoteSignature(logKey, 1, new byte[64]));
    }

    private static (NoteSignature Log, NoteSignature Node) Signatures()
    {
        Assert.True(SignedNote.TryParse(Samples.Utf8(Samples.Note), out var note));
        return (note.Signatures[0], note.Signatures[1]);
    }

    private static VerifierKey Key(string text)
    {
        Assert.True(VerifierKey.TryParse(text, out var key));
        return key;
    }
}
