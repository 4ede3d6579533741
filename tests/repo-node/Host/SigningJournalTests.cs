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
        using (var journal = SigningJournal.Open(Path, _ => { }))
        {
            foreach (var frame in Three) journal.Append(frame);
        }

        AssertHolds(Three);
    }

    [Fact]
    public void The_journal_is_for_its_owner_only()
    {
        SigningJournal.Open(Path, _ => { }).Dispose();

        Assert.Equal(DurableFile.Private, File.GetUnixFileMode(Path));
    }

    [Fact]
    public void The_journal_grows_beyond_what_was_preallocated()
    {
        JournalFrame[] large = [.. Enumerable.Range(0, 6).Select(i => new JournalFrame(3, new byte[(1 << 20) + i]))];
        using (var journal = SigningJournal.Open(Path, _ => { }))
        {
            foreach (var frame in large) journal.Append(frame);
        }

        AssertHolds(large);
    }

    [Fact]
    public void A_rewritten_journal_holds_what_is_still_needed_and_takes_more()
    {
        File.WriteAllBytes(Path, BytesOf(Three));
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
        byte[] bytes = BytesOf(Three);
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
        byte[] bytes = BytesOf(Three);
        File.WriteAllBytes(Path, bytes[..^1]);
        using (var journal = SigningJournal.Open(Path, _ => { })) journal.Append(Frame(1, "another vote"));

        AssertHolds(Three[0], Three[1], Frame(1, "another vote"));
    }

    [Fact]
    public void A_last_record_of_which_only_the_end_was_written_is_cut()
    {
        byte[] bytes = BytesOf(Three);
        bytes.AsSpan(bytes.Length - Three[2].ToBytes().Length, JournalFrame.PrefixSize + 3).Clear();
        File.WriteAllBytes(Path, bytes);

        AssertHolds(Three[..2]);
    }

    [Fact]
    public void Any_flipped_bit_before_the_last_record_keeps_the_node_from_starting()
    {
        byte[] bytes = BytesOf(Three);
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
        byte[] bytes = BytesOf(Three);
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
        byte[] bytes = BytesOf(Three);
        bytes.AsSpan(Three[0].ToBytes().Length, Three[1].ToBytes().Length).Clear();
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

    private static byte[] BytesOf(IEnumerable<JournalFrame> frames) => [.. frames.SelectMany(frame => frame.ToBytes())];

    private void AssertHolds(params JournalFrame[] expected)
    {
        var found = new List<JournalFrame>();
        SigningJournal.Open(Path, found.Add).Dispose();

        Assert.Equal(BytesOf(expected), BytesOf(found));
    }
}
