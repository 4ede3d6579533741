using SupplyChain.Protocol.Notes;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Protocol.Tests.Notes;

public sealed class SignedNoteTests
{
    private const string Line = "\u2014 name AAAAAf8=\n";

    [Theory]
    [InlineData(Samples.Note, 2)]
    [InlineData("text\n\n" + Line, 1)]
    [InlineData("text\n\nmore text\n\n\n" + Line + Line, 2)]
    [InlineData("\n\n" + Line, 1)]
    [InlineData("é\u2014 \u0085\n\n\u2014 näme AAAAAf8=\n", 1)]
    public void What_is_accepted_is_written_the_same_again(string text, int signatures)
    {
        byte[] bytes = Samples.Utf8(text);
        Assert.True(SignedNote.TryParse(bytes, out var note));
        Assert.Equal(signatures, note.Signatures.Count);
        Assert.Equal(bytes, note.Encode());
        Assert.Equal(bytes, new SignedNote(note.Text, note.Signatures).Encode());
    }

    [Fact]
    public void The_example_of_the_specification_is_verified_by_its_key()
    {
        byte[] bytes = Samples.Utf8("This is an example message.\n\n\u2014 example.com/foo " +
            "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n");
        Assert.True(VerifierKey.TryParse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", out var key));
        Assert.True(SignedNote.TryParse(bytes, out var note));
        Assert.True(LogSignature.Verify(key, note.Text, note.Signatures[0]));
    }

    [Fact]
    public void The_text_ends_at_the_last_empty_line()
    {
        Assert.True(SignedNote.TryParse(Samples.Utf8("a\n\n\u2014 fake AAAAAf8=\n\n" + Line), out var note));
        Assert.Equal("a\n\n\u2014 fake AAAAAf8=\n"u8, note.Text);
        Assert.Equal(("name", 1u), (note.Signatures[0].Name, note.Signatures[0].KeyId));
        Assert.Equal([0xff], note.Signatures[0].Signature.ToArray());
    }

    [Theory]
    [InlineData("", "nothing")]
    [InlineData("text\n", "no empty line")]
    [InlineData("text\n\n", "no signature")]
    [InlineData("text\n" + Line, "no empty line before the signatures")]
    [InlineData("\n" + Line, "no text")]
    [InlineData("text\n\n\u2014 name AAAAAf8=", "no line feed at the end")]
    [InlineData("text\n\n" + Line + "\n", "an empty line at the end")]
    [InlineData("text\n\n" + Line + "more\n", "a line that is no signature")]
    [InlineData("text\n\n- name AAAAAf8=\n", "another dash")]
    [InlineData("text\n\n\u2014name AAAAAf8=\n", "no space behind the dash")]
    [InlineData("text\n\n\u2014  name AAAAAf8=\n", "two spaces")]
    [InlineData("text\n\n\u2014 name  AAAAAf8=\n", "two spaces before the signature")]
    [InlineData("text\n\n\u2014 name AAAAAf8= \n", "a space behind the signature")]
    [InlineData("text\n\n\u2014 name AAAAAf9=\n", "a bit under the padding")]
    [InlineData("text\n\n\u2014 name AAAAAf8\n", "no padding")]
    [InlineData("text\n\n\u2014 name AAAAAQ==\n", "a key id without a signature")]
    [InlineData("text\n\n\u2014 name AAAA\n", "less than a key id")]
    [InlineData("text\n\n\u2014 na+me AAAAAf8=\n", "a plus in the name")]
    [InlineData("text\n\n\u2014 na\u2003me AAAAAf8=\n", "a space in the name")]
    [InlineData("te\txt\n\n" + Line, "a control character in the text")]
    [InlineData("te\rxt\n\n" + Line, "a carriage return in the text")]
    [InlineData("text\n\n\u2014 name AAAAAf8=\r\n", "a carriage return in a signature line")]
    public void Anything_else_is_refused(string note, string why) =>
        Assert.False(SignedNote.TryParse(Samples.Utf8(note), out _), why);

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_refused() =>
        Assert.False(SignedNote.TryParse([0xff, .. Samples.Utf8("\n\n" + Line)], out _));

    [Fact]
    public void Size_and_signatures_are_limited()
    {
        string many = string.Concat(Enumerable.Repeat(Line, Limits.MaxSignaturesPerNote));
        Assert.True(SignedNote.TryParse(Samples.Utf8("text\n\n" + many), out _));
        Assert.False(SignedNote.TryParse(Samples.Utf8("text\n\n" + many + Line), out _));

        string end = "\n\n" + Line;
        int room = Limits.MaxNoteSize - Samples.Utf8(end).Length;
        Assert.True(SignedNote.TryParse(Samples.Utf8(new string('a', room) + end), out _));
        Assert.False(SignedNote.TryParse(Samples.Utf8(new string('a', room + 1) + end), out _));

        string big = Convert.ToBase64String(new byte[4 + Limits.MaxNoteSignatureSize + 1]);
        Assert.False(SignedNote.TryParse(Samples.Utf8($"text\n\n\u2014 name {big}\n"), out _));
    }

    [Fact]
    public void Every_truncation_but_that_of_whole_signatures_is_refused()
    {
        byte[] bytes = Samples.Utf8(Samples.Note);
        int firstSignatureEnds = bytes.AsSpan(0, bytes.Length - 1).LastIndexOf((byte)'\n') + 1;
        for (int length = 0; length < bytes.Length; length++)
            Assert.Equal(length == firstSignatureEnds, SignedNote.TryParse(bytes.AsSpan(0, length), out _));
    }

    [Fact]
    public void Random_bytes_never_throw() => ForAll.Seeds(2000, random =>
    {
        byte[] bytes = Samples.Utf8(Samples.Note);
        for (int i = random.Next(1, 5); i > 0; i--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        if (SignedNote.TryParse(bytes, out var note)) Assert.Equal(bytes, note.Encode());
        random.NextBytes(bytes);
        Assert.False(SignedNote.TryParse(bytes, out _));
    });

    [Fact]
    public void A_note_of_ours_has_a_proper_text_and_a_signature()
    {
        var signature = new NoteSignature("name", 1, [0xff]);
        Assert.Throws<ArgumentException>(() => new SignedNote("no line feed"u8, [signature]));
        Assert.Throws<ArgumentException>(() => new SignedNote("tab\t\n"u8, [signature]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SignedNote("text\n"u8, []));
        var big = new NoteSignature("name", 1, new byte[Limits.MaxNoteSignatureSize]);
        Assert.Throws<ArgumentOutOfRangeException>(() => new SignedNote("text\n"u8, [.. Enumerable.Repeat(big, 16)]));
        Assert.Throws<ArgumentException>(() => new NoteSignature("na me", 1, [0xff]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NoteSignature("name", 1, []));
    }
}
