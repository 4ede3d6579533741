using SupplyChain.RepoNode.Core.Consensus.Messages;

namespace SupplyChain.RepoNode.Core.Consensus.Peers;

/// <summary>
/// Asks peers for what is missing: first the one that should have it, then, when it does not answer, the next.
/// Questions that no longer matter are forgotten.
/// </summary>
internal sealed class Fetcher(byte self, int nodes)
{
    private readonly Dictionary<PeerMessage, (int Attempts, DateTimeOffset At, byte Peer)> _asked = [];

    /// <summary>The peer that moved the chain's end forward last, to be asked first for what comes after it.</summary>
    public byte? ChainSource { get; set; }

    public bool HasAsked(PeerMessage question) => _asked.ContainsKey(question);

    /// <summary>Whether this peer was the last to be asked.</summary>
    public bool HasAsked(PeerMessage question, byte peer) =>
        _asked.TryGetValue(question, out var last) && last.Peer == peer;

    /// <summary>Keeps asking exactly these questions.</summary>
    /// <returns>What to send now.</returns>
    public IReadOnlyList<(byte To, PeerMessage Question)> Want(
        IReadOnlyCollection<(PeerMessage Question, byte First)> wanted, DateTimeOffset now)
    {
        var questions = wanted.Select(want => want.Question).ToHashSet();
        foreach (var old in _asked.Keys.Where(question => !questions.Contains(question)).ToList()) _asked.Remove(old);

        var sends = new List<(byte, PeerMessage)>();
        foreach (var (question, first) in wanted)
        {
            bool asked = _asked.TryGetValue(question, out var last);
            if (asked && now < last.At + Patience(question)) continue;

            byte peer = Peer(first, last.Attempts);
            sends.Add((peer, question));
            _asked[question] = (last.Attempts + 1, now, peer);
        }

        return sends;
    }

    private static TimeSpan Patience(PeerMessage question) =>
        question is PeerMessage.AsksChain ? Bounds.ChainPatience : Bounds.Retry;

    private byte Peer(byte first, int attempt)
    {
        int peer = (first + attempt) % nodes;
        return (byte)(peer == self ? (peer + 1) % nodes : peer);
    }
}
