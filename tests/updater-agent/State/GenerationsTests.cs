using SupplyChain.UpdaterAgent.Installation.Disk;
using SupplyChain.UpdaterAgent.State;

namespace SupplyChain.UpdaterAgent.Tests.State;

public sealed class GenerationsTests : IDisposable
{
    private static readonly byte[] Content = "{\"size\":42}"u8.ToArray();

    private readonly TemporaryFolder _folder = new();

    private string First => _folder.In("trusted.0");

    private string Second => _folder.In("trusted.1");

    [Fact]
    public void What_was_saved_is_loaded_without_damage()
    {
        Create().Save(Content);
        var value = Assert.IsType<Generations.Loaded.Value>(Load());
        Assert.Equal(Content, value.Content);
        Assert.Null(value.Damage);
    }

    [Fact]
    public void Before_the_first_save_there_is_nothing() => Assert.IsType<Generations.Loaded.Nothing>(Load());

    [Theory]
    [InlineData("trusted.0")]
    [InlineData("trusted.1")]
    public void Every_altered_byte_of_one_copy_is_noticed_and_the_other_copy_is_used(string name)
    {
        Create().Save(Content);
        string path = _folder.In(name);
        byte[] whole = File.ReadAllBytes(path);
        for (int position = 0; position < whole.Length; position++)
        {
            byte[] altered = [.. whole];
            altered[position] ^= 0x20;
            File.WriteAllBytes(path, altered);
            AssertOtherUsed(name);
        }
    }

    [Theory]
    [InlineData("trusted.0")]
    [InlineData("trusted.1")]
    public void Every_truncation_of_one_copy_is_noticed_and_the_other_copy_is_used(string name)
    {
        Create().Save(Content);
        string path = _folder.In(name);
        byte[] whole = File.ReadAllBytes(path);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            AssertOtherUsed(name);
        }

        File.WriteAllBytes(path, [.. whole, 0]);
        AssertOtherUsed(name);
        File.WriteAllBytes(path, new byte[4096]);
        AssertOtherUsed(name);
        File.Delete(path);
        AssertOtherUsed(name);
    }

    [Fact]
    public void Damage_to_both_copies_is_told_and_never_reset()
    {
        Create().Save(Content);
        File.WriteAllBytes(First, [1, 2, 3]);
        File.WriteAllBytes(Second, [.. File.ReadAllBytes(Second), 0]);
        var lost = Assert.IsType<Generations.Loaded.Lost>(Load());
        Assert.Contains("trusted.0", lost.Damage, StringComparison.Ordinal);
        Assert.Contains("trusted.1", lost.Damage, StringComparison.Ordinal);
    }

    [Fact]
    public void A_copy_with_a_right_checksum_and_a_wrong_meaning_is_damage()
    {
        Create().Save("not a state"u8);
        Assert.IsType<Generations.Loaded.Lost>(Load());
    }

    [Fact]
    public void A_save_cut_short_before_the_second_copy_leaves_the_new_state()
    {
        Create().Save("{\"size\":41}"u8);
        byte[] old = File.ReadAllBytes(Second);
        Create().Save(Content);
        File.WriteAllBytes(Second, old);
        Assert.Equal(Content, Assert.IsType<Generations.Loaded.Value>(Load()).Content);
    }

    [Fact]
    public void A_half_written_new_file_is_never_read()
    {
        Create().Save(Content);
        File.WriteAllBytes(First + ".new", [0]);
        Assert.Null(Assert.IsType<Generations.Loaded.Value>(Load()).Damage);
        Create().Save(Content);
        Assert.False(File.Exists(First + ".new"));
    }

    public void Dispose() => _folder.Dispose();

    private Generations Create() => new(First, Second, limit: 1024, new LinuxDisk());

    private Generations.Loaded Load() => Create().Load(content => content.AsSpan().StartsWith("{\"size\":"u8));

    private void AssertOtherUsed(string damaged)
    {
        var value = Assert.IsType<Generations.Loaded.Value>(Load());
        Assert.Equal(Content, value.Content);
        Assert.Contains(damaged, value.Damage, StringComparison.Ordinal);
    }
}
