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
    public void A_folder_that_is_not_there_is_not_a_held_lock()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<DirectoryNotFoundException>(() => StateLock.TryTake(folder.In("absent/lock")));
    }
}
