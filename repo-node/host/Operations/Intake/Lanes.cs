using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace SupplyChain.RepoNode.Operations.Intake;

/// <summary>
/// What waits for one reader, in lanes that are served in turn. A lane holds so many bytes and items; its writer waits
/// while it is full, and nobody else does: a peer that sends more than its share slows down itself.
/// </summary>
internal sealed class Lanes<T>(int count, int maxItems, long maxBytes)
{
    private readonly Lock _lock = new();
    private readonly Lane[] _lanes = [.. Enumerable.Range(0, count).Select(_ => new Lane())];
    private readonly Channel<bool> _filled = Signal();
    private int _next;

    /// <summary>Adds what may not wait, such as the timer; the lane's bounds are not looked at.</summary>
    public void Add(int lane, T item)
    {
        lock (_lock) _lanes[lane].Add(item, 0);
        _filled.Writer.TryWrite(true);
    }

    /// <returns>False when the lane is full.</returns>
    public bool TryAdd(int lane, T item, int bytes)
    {
        lock (_lock)
        {
            var into = _lanes[lane];
            // One item is always let in, or one that is larger than the bound would wait for ever.
            if (into.Items.Count > 0 && (into.Items.Count >= maxItems || into.Bytes + bytes > maxBytes)) return false;
            into.Add(item, bytes);
        }

        _filled.Writer.TryWrite(true);
        return true;
    }

    /// <summary>Waits until the lane has room.</summary>
    public async ValueTask AddAsync(int lane, T item, int bytes, CancellationToken stop)
    {
        while (!TryAdd(lane, item, bytes)) await _lanes[lane].Room.Reader.ReadAsync(stop);
    }

    /// <summary>Waits for the next item: each lane that has some gives one in its turn.</summary>
    public async ValueTask<T> TakeAsync(CancellationToken stop)
    {
        while (true)
        {
            if (TryTake(out var item)) return item;

            await _filled.Reader.ReadAsync(stop);
        }
    }

    private bool TryTake([MaybeNullWhen(false)] out T item)
    {
        lock (_lock)
        {
            for (int turn = 0; turn < _lanes.Length; turn++)
            {
                var lane = _lanes[_next];
                _next = (_next + 1) % _lanes.Length;
                if (lane.TryTake(out item)) return true;
            }
        }

        item = default;
        return false;
    }

    private static Channel<bool> Signal() =>
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private sealed class Lane
    {
        public Queue<(T Item, int Bytes)> Items { get; } = new();

        public long Bytes { get; private set; }

        public Channel<bool> Room { get; } = Signal();

        public void Add(T item, int bytes)
        {
            Items.Enqueue((item, bytes));
            Bytes += bytes;
        }

        public bool TryTake([MaybeNullWhen(false)] out T item)
        {
            bool any = Items.TryDequeue(out var first);
            (item, Bytes) = (first.Item, Bytes - first.Bytes);
            if (any) Room.Writer.TryWrite(true);
            return any;
        }
    }
}
