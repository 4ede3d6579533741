using SupplyChain.UpdaterAgent.State;

namespace SupplyChain.UpdaterAgent.Tests.State;

public sealed class StateLockTests
{
    [Fact]
    public void A_second_taker_is_refused_until_the_first_lets_go()
    {
        using var folder = new TemporaryFolder();
        string path = folder.In("lock");
        using (var first = StateLock.TryTake(path))
        {
            Assert.NotNull(first);
            Assert.Null(StateLock.TryTake(path));
        }

        using var second = StateLock.TryTake(path);
        Assert.NotNull(second);
    }

    [Fact]
    public void The_file_says_who_holds_it()
    {
        using var folder = new TemporaryFolder();
        Assert.Null(StateLock.HolderOf(folder.In("lock")));
        using var held = StateLock.TryTake(folder.In("lock"));
        var holder = StateLock.HolderOf(folder.In("lock"))!;
        Assert.Equal(Environment.ProcessId, holder.Process);
        Assert.InRange(holder.Since, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow);
        Assert.NotEmpty(holder.Command);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1\n2\n")]
    [InlineData("-1\n2\ncheck\n")]
    [InlineData("1\n+2\ncheck\n")]
    [InlineData("1\n2\ncheck\nmore\n")]
    [InlineData("1\n99999999999\ncheck\n")]
    public void Another_text_names_nobody(string text)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.In("lock"), text);
        Assert.Null(StateLock.HolderOf(folder.In("lock")));
    }

    [Fact]
    public void A_holders_control_characters_reach_no_terminal()
    {
        Assert.Equal("check\uFFFD[31m", LockHolder.Parse("1\n2\ncheck\u001b[31m\n"u8)!.Command);
    }

    [Fact]
    public void A_file_that_cannot_be_opened_is_not_a_held_lock()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.In("lock"));
        Assert.ThrowsAny<Exception>(() => StateLock.TryTake(folder.In("lock")));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_not_a_held_lock()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<DirectoryNotFoundException>(() => StateLock.TryTake(folder.In("absent/lock")));
    }
}
