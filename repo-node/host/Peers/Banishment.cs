namespace SupplyChain.RepoNode.Peers;

/// <summary>
/// Peers that sent what no honest node sends: their connection ends, and for a while they are not let in, twice as long
/// each time. A peer that behaved for <see cref="Forgiven"/> begins anew.
/// </summary>
internal sealed class Banishment(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Forgiven = TimeSpan.FromMinutes(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<int, Sentence> _sentences = [];

    /// <summary>Raised when a peer is banished; its connection is to be closed.</summary>
    public event Action<int>? Banished;

    /// <summary>How long the peer stays out from now on.</summary>
    public TimeSpan Banish(int peer)
    {
        TimeSpan length;
        lock (_lock)
        {
            long now = time.GetTimestamp();
            bool known = _sentences.TryGetValue(peer, out var last);
            if (known && time.GetElapsedTime(last.Start, now) < last.Length) return last.Length;

            bool again = known && time.GetElapsedTime(last.Start, now) < last.Length + Forgiven;
            length = again ? TimeSpan.FromTicks(Math.Min(last.Length.Ticks * 2, Longest.Ticks)) : First;
            _sentences[peer] = new Sentence(now, length);
        }

        Banished?.Invoke(peer);
        return length;
    }

    public bool IsBanished(int peer)
    {
        lock (_lock)
        {
            return _sentences.TryGetValue(peer, out var sentence)
                && time.GetElapsedTime(sentence.Start) < sentence.Length;
        }
    }

    private readonly record struct Sentence(long Start, TimeSpan Length);
}
