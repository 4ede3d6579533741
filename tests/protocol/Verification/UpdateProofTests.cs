using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Verification;
using SupplyChain.Tests.Kit;
using static SupplyChain.Protocol.Tests.Verification.Scenario;

namespace SupplyChain.Protocol.Tests.Verification;

/// <summary>The bundle of docs/protocol.md §8 as bytes.</summary>
public sealed class UpdateProofTests
{
    private static readonly Scenario Sample = Promoted();

    private static readonly byte[] Bytes = Sample.Log.Prove(Now, from: new TreeSize(2)).ToBytes();

    [Fact]
    public void A_bundle_survives_the_journey()
    {
        Assert.True(UpdateProof.TryRead(Bytes, out var read));
        Assert.Equal(Bytes, read.ToBytes());
        Assert.True(Verify(read, trusted: Sample.Log.CheckpointAt(new TreeSize(2))).TryGet(out _, out _));
    }

    [Fact]
    public void A_bundle_without_promotion_ends_after_the_channel()
    {
        byte[] bytes = new TestLog(Network).Prove(Now).ToBytes();

        Assert.True(UpdateProof.TryRead(bytes, out var read));
        Assert.Null(read.Promoted);
        Assert.Equal(bytes, read.ToBytes());
    }

    [Fact]
    public void A_bundle_cut_anywhere_is_refused()
    {
        for (int length = 0; length < Bytes.Length; length++) Assert.False(UpdateProof.TryRead(Bytes.AsSpan(0, length), out _));
    }

    [Fact]
    public void A_bundle_with_more_behind_it_is_refused() => Assert.False(UpdateProof.TryRead([.. Bytes, 0], out _));

    [Fact]
    public void A_bundle_with_an_absent_release_is_refused()
    {
        var proof = Sample.Prove();
        var absent = ProvenRow.Of(Sample.Log.Map, MapKey.Root(9));
        Assert.False(UpdateProof.TryRead((proof with { Promoted = proof.Promoted! with { Row = absent } }).ToBytes(), out _));
    }

    [Fact]
    public void Half_a_bundle_is_not_written()
    {
        Assert.Throws<InvalidOperationException>(() => (Sample.Prove() with { Promoted = null }).ToBytes());
        Assert.Throws<InvalidOperationException>(
            () => (new TestLog(Network).Prove(Now) with { Promoted = Sample.Prove().Promoted }).ToBytes());
    }

    // The log signature carries no trust, so its line may say anything; every other byte counts.
    [Fact]
    public void No_byte_can_change_and_the_bundle_still_prove_something()
    {
        byte[] logLine = LogSignatureLine();
        int free = Bytes.AsSpan().IndexOf(logLine);
        var trusted = Sample.Log.CheckpointAt(new TreeSize(2));
        ForAll.Seeds(4, random =>
        {
            for (int at = random.Next(4); at < Bytes.Length; at += 4)
            {
                if (at >= free && at < free + logLine.Length) continue;

                byte[] changed = [.. Bytes];
                changed[at] ^= (byte)(1 << random.Next(8));
                bool proves = UpdateProof.TryRead(changed, out var read) && Verify(read, trusted).TryGet(out _, out _);
                Assert.False(proves, $"byte {at} does not count");
            }
        });
    }

    [Fact]
    public void Random_changes_never_throw_and_what_is_read_is_written_the_same() => ForAll.Seeds(2_000, random =>
    {
        byte[] changed = [.. Bytes];
        for (int i = 0; i < 1 + random.Next(4); i++) changed[random.Next(changed.Length)] = (byte)random.Next(256);
        if (UpdateProof.TryRead(changed, out var read)) Assert.Equal(changed, read.ToBytes());
    });

    [Fact]
    public void A_map_answer_has_one_spelling_too()
    {
        var log = Sample.Log;
        byte[] bytes = new MapAnswer(Network.Certify(log.Checkpoint, Now), log.Include(log.Size.Value - 1), ProvenRow.Of(log.Map, MapKey.Root(1))).ToBytes();

        Assert.True(MapAnswer.TryRead(bytes, out var read));
        Assert.Equal(bytes, read.ToBytes());
        Assert.False(MapAnswer.TryRead([.. bytes, 0], out _));
        Assert.False(UpdateProof.TryRead(bytes, out _));
        for (int length = 0; length < bytes.Length; length++) Assert.False(MapAnswer.TryRead(bytes.AsSpan(0, length), out _));
    }

    [Fact]
    public void A_bundle_over_a_million_rows_and_entries_stays_within_nine_kilobytes()
    {
        // What this small log's bundle lacks: 34 bytes for each further step of a row's path, 32 for each further hash.
        const int Depth = 20, Step = 34;
        var proof = Sample.Log.Prove(Now);
        var promoted = proof.Promoted!;
        ProvenRow[] rows = [proof.Root, proof.NextRoot, proof.Channel, promoted.Row];
        IncludedEntry[] entries = [proof.State, promoted.Promotion, promoted.Release];
        int grown = proof.ToBytes().Length
            + rows.Sum(row => Step * (Depth - row.Proof.Depth))
            + entries.Sum(entry => Digest.Size * (Depth - entry.Proof.Hashes.Count))
            + Digest.Size * (Depth + 1);

        Assert.InRange(grown, 1, 9 * 1_024);
    }

    private static byte[] LogSignatureLine()
    {
        Assert.True(UpdateProof.TryRead(Bytes, out var read) && SignedNote.TryParse(read.Note.Span, out _));
        string note = System.Text.Encoding.UTF8.GetString(read.Note.Span);
        string line = note.Split('\n').First(text => text.StartsWith($"\u2014 {TestNetwork.Origin} ", StringComparison.Ordinal));
        return System.Text.Encoding.UTF8.GetBytes(line);
    }
}
