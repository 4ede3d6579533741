using System.Threading.Channels;

namespace SupplyChain.RepoNode.Peers;

/// <summary>
/// Frames on their way to one peer. When it is full the oldest go: consensus sends again what is still needed, and a
/// slow or absent peer must not cost this node its memory.
/// </summary>
internal sealed class OutgoingQueue(int maxFrames, long maxBytes)
{
    private readonly Lock _lock = new();
    private readonly Queue<byte[]> _frames = new();
    private readonly Channel<bool> _filled = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private long _bytes;

    public void Enqueue(byte[] frame)
    {
        lock (_lock)
        {
            _frames.Enqueue(frame);
            _bytes += frame.Length;
            while (_frames.Count > maxFrames || (_bytes > maxBytes && _frames.Count > 1))
                _bytes -= _frames.Dequeue().Length;
        }

        _filled.Writer.TryWrite(true);
    }

    public async ValueTask<byte[]> DequeueAsync(CancellationToken stop)
    {
        while (true)
        {
            lock (_lock)
            {
                if (_frames.TryDequeue(out byte[]? frame))
                {
                    _bytes -= frame.Length;
                    return frame;
                }
            }

            await _filled.Reader.ReadAsync(stop);
        }
    }
}
