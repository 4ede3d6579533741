using System.Text;

namespace SupplyChain.UpdaterAgent.Installation.Health;

/// <summary>The last bytes of streams that may never end, in bounded memory.</summary>
internal sealed class OutputTail
{
    public const int Size = 4096;

    private readonly Lock _lock = new();
    private readonly byte[] _ring = new byte[Size];
    private long _written;

    public string Text
    {
        get
        {
            lock (_lock)
            {
                int start = _written < Size ? 0 : (int)(_written % Size);
                int length = (int)Math.Min(_written, Size);
                return Encoding.UTF8.GetString([.. _ring[start..length], .. _ring[..start]]);
            }
        }
    }

    /// <summary>Reads to the stream's end, or until the process's pipes are closed under it.</summary>
    public async Task FollowAsync(Stream stream)
    {
        byte[] buffer = new byte[Size];
        try
        {
            while (await stream.ReadAsync(buffer) is > 0 and int read) Append(buffer.AsSpan(0, read));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The command is over; what was read until here is its tail.
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            foreach (byte b in bytes)
            {
                _ring[(int)(_written % Size)] = b;
                _written++;
            }
        }
    }
}
