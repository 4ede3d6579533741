namespace SupplyChain.Tests.Kit;

/// <summary>
/// Held by tests that start whole networks: test projects run side by side, and two networks on two cores would measure
/// each other's patience.
/// </summary>
public sealed class MachineLock : IDisposable
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(100);
    private readonly FileStream _file;

    private MachineLock(FileStream file) => _file = file;

    /// <summary>Waits until no other process of this machine holds the lock.</summary>
    public static async Task<MachineLock> TakeAsync()
    {
        string path = Path.Combine(Path.GetTempPath(), "supplychain-end-to-end.lock");
        while (true)
        {
            try
            {
                return new MachineLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException)
            {
                await Task.Delay(Retry);
            }
        }
    }

    public void Dispose() => _file.Dispose();
}
