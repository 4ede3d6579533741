using System.Text;
using SupplyChain.RepoNode.Storage;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Host;

public sealed class SigningJournalTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static JournalFrame[] Three =>
        [Frame(1, "a vote"), Frame(2, "a certificate\0\0"), Frame(4, "a checkpoint")];

    private string Path => _directory["journal"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_checksum_is_crc_32c() => Assert.Equal(0xe3069283u, Crc32C.Of("123456789"u8));

    [Fact]
    public void Records_come_back_in_their_order()
    {
        using (var journal = CreateOpen())
        {
            foreach (var frame in Three) journal.Append(frame);
        }

        AssertHolds(Three);
    }

    [Fact]
    public void Records_that_are_synced_together_come_back_one_by_one()
    {
        using (var journal = CreateOpen())
        {
            journal.Append(Three);
            journal.Append(Three[1]);
            journal.Append();
        }

        AssertHolds([.. Three, Three[1]]);
    }

    [Fact]
    public void Records_that_are_synced_together_are_torn_together_and_no_others_with_them()
    {
        byte[] bytes = FileOf(Three[0], JournalFrame.Batch(Three));
        int last = bytes.Length - JournalFrame.Batch(Three).ToBytes().Length;
        for (int torn = last; torn < bytes.Length; torn++)
        {
            File.WriteAllBytes(Path, [.. bytes[..torn], .. new byte[100]]);
            AssertHolds(Three[0]);
        }
    }

    [Fact]
    public void More_records_than_one_frame_holds_become_several()
    {
        JournalFrame[] large = [.. Enumerable.Range(0, 5).Select(i => new JournalFrame(3, new byte[(3 << 20) + i]))];
        using (var journal = CreateOpen()) journal.Append(large);

        AssertHolds(large);
    }

    [Theory]
    [InlineData("00000003" + "01aa")]
    [InlineData("00000000" + "01" + "00000002" + "01aa")]
    [InlineData("00000002" + "05aa" + "00000002" + "01aa")]
    [InlineData("00000002" + "01aa")]
    [InlineData("00000002" + "01aa" + "00")]
    public void A_sound_frame_with_a_batch_that_is_none_is_damage(string body)
    {
        File.WriteAllBytes(Path, FileOf(new JournalFrame(5, Convert.FromHexString(body))));

        AssertDamaged();
    }

    [Fact]
    public void A_journal_that_is_not_there_is_lost_and_never_made_anew()
    {
        AssertDamaged();
        Assert.False(File.Exists(Path));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4096)]
    public void An_empty_or_wiped_file_is_not_a_new_journal(int zeros)
    {
        File.WriteAllBytes(Path, new byte[zeros]);

        AssertDamaged();
    }

    [Fact]
    public void A_journal_is_made_once()
    {
        SigningJournal.Create(Path);

        Assert.Throws<IOException>(() => SigningJournal.Create(Path));
        AssertHolds();
    }

    [Fact]
    public void The_journal_is_for_its_owner_only()
    {
        SigningJournal.Create(Path);

        Assert.Equal(DurableFile.Private, File.GetUnixFileMode(Path));
    }

    [Fact]
    public void The_journal_grows_beyond_what_was_preallocated()
    {
        JournalFrame[] large = [.. Enumerable.Range(0, 6).Select(i => new JournalFrame(3, new byte[(1 << 20) + i]))];
        using (var journal = CreateOpen())
        {
            foreach (var frame in large) journal.Append(frame);
        }

        AssertHolds(large);
    }

    [Fact]
    public void A_rewritten_journal_holds_what_is_still_needed_and_takes_more()
    {
        File.WriteAllBytes(Path, FileOf(Three));
        File.WriteAllText(Path + ".new", "what a crash in an earlier attempt left");
        using (var journal = SigningJournal.Open(Path, _ => { }))
        {
            journal.Rewrite(Three[1..]);
            journal.Append(Three[0]);
        }

        AssertHolds(Three[1], Three[2], Three[0]);
        Assert.False(File.Exists(Path + ".new"));
        Assert.Equal(DurableFile.Private, File.GetUnixFileMode(Path));
    }

    [Fact]
    public void A_torn_last_record_is_cut_wherever_it_was_torn()
    {
        byte[] bytes = FileOf(Three);
        int last = bytes.Length - Three[2].ToBytes().Length;
        for (int torn = last; torn < bytes.Length; torn++)
        {
            File.WriteAllBytes(Path, [.. bytes[..torn], .. new byte[100]]);
            AssertHolds(Three[..2]);
        }
    }

    [Fact]
    public void A_file_that_ends_early_loses_its_last_record_and_takes_the_next()
    {
        byte[] bytes = FileOf(Three);
        File.WriteAllBytes(Path, bytes[..^1]);
        using (var journal = SigningJournal.Open(Path, _ => { })) journal.Append(Frame(1, "another vote"));

        AssertHolds(Three[0], Three[1], Frame(1, "another vote"));
    }

    [Fact]
    public void A_last_record_of_which_only_the_end_was_written_is_cut()
    {
        byte[] bytes = FileOf(Three);
        bytes.AsSpan(bytes.Length - Three[2].ToBytes().Length, JournalFrame.PrefixSize + 3).Clear();
        File.WriteAllBytes(Path, bytes);

        AssertHolds(Three[..2]);
    }

    [Fact]
    public void Any_flipped_bit_before_the_last_record_keeps_the_node_from_starting()
    {
        byte[] bytes = FileOf(Three);
        int last = bytes.Length - Three[2].ToBytes().Length;
        for (int bit = 0; bit < last * 8; bit++)
        {
            byte[] damaged = (byte[])bytes.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(Path, damaged);

            Assert.Throws<JournalDamagedException>(() => SigningJournal.Open(Path, _ => { }));
        }
    }

    [Fact]
    public void Any_flipped_bit_in_the_last_record_is_like_a_torn_one()
    {
        byte[] bytes = FileOf(Three);
        int last = bytes.Length - Three[2].ToBytes().Length;
        for (int bit = last * 8; bit < bytes.Length * 8; bit += 3)
        {
            byte[] damaged = (byte[])bytes.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(Path, damaged);

            AssertHolds(Three[..2]);
        }
    }

    [Fact]
    public void A_wiped_record_before_the_last_keeps_the_node_from_starting()
    {
        byte[] bytes = FileOf(Three);
        bytes.AsSpan(FileOf(Three[0]).Length, Three[1].ToBytes().Length).Clear();
        File.WriteAllBytes(Path, bytes);

        Assert.Throws<JournalDamagedException>(() => SigningJournal.Open(Path, _ => { }));
    }

    [Fact]
    public void More_than_one_torn_record_can_be_is_damage()
    {
        byte[] bytes = new byte[JournalFrame.MaxLength + 100];
        bytes[^1] = 1;
        File.WriteAllBytes(Path, bytes);

        Assert.Throws<JournalDamagedException>(() => SigningJournal.Open(Path, _ => { }));
    }

    [Fact]
    public void Random_bytes_are_cut_or_damage_and_nothing_else() => ForAll.Seeds(50, random =>
    {
        byte[] bytes = new byte[random.Next(2_000)];
        random.NextBytes(bytes);
        File.WriteAllBytes(Path, bytes);

        var opened = Record.Exception(() => SigningJournal.Open(Path, _ => { }).Dispose());
        Assert.True(opened is null or JournalDamagedException);
    });

    [Fact]
    public void One_process_at_a_time_holds_the_node()
    {
        using (var first = NodeLock.TryTake(_directory["lock"]))
        {
            Assert.NotNull(first);
            Assert.Null(NodeLock.TryTake(_directory["lock"]));
        }

        using var second = NodeLock.TryTake(_directory["lock"]);
        Assert.NotNull(second);
    }

    private static JournalFrame Frame(byte type, string body) => new(type, Encoding.UTF8.GetBytes(body));

    private static byte[] FileOf(params JournalFrame[] frames) =>
        [.. JournalFrame.Beginning.ToBytes(), .. BytesOf(frames)];

    private SigningJournal CreateOpen()
    {
        SigningJournal.Create(Path);
        return SigningJournal.Open(Path, _ => { });
    }

    private void AssertDamaged() =>
        Assert.Throws<JournalDamagedException>(() => SigningJournal.Open(Path, _ => { }));

    private static byte[] BytesOf(IEnumerable<JournalFrame> frames) => [.. frames.SelectMany(frame => frame.ToBytes())];

    private void AssertHolds(params JournalFrame[] expected)
    {
        var found = new List<JournalFrame>();
        SigningJournal.Open(Path, found.Add).Dispose();

        Assert.Equal(BytesOf(expected), BytesOf(found));
    }
}
