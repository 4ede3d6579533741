using SupplyChain.Protocol.Trust;
using SupplyChain.RepoNode.Core.Consensus.Boot;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Peers;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Operations.Joining;

/// <summary>
/// What this node can tell each peer of the signatures it has seen of it. On disk within a second, so that this node may
/// restart and a peer that was set back to an old snapshot still hears of them. Losing that second, or the file, is no
/// danger to this node: only such a peer would hear less.
/// </summary>
internal sealed class Testimony
{
    private readonly string _file;
    private readonly IReadOnlyList<byte> _peers;
    private readonly LastSeen _seen;

    public Testimony(NodeFiles files, TrustRoot root, PeerSet peers, ILogger<Testimony> log)
    {
        _file = files.LastSeen;
        _peers = [.. peers.Others.Select(node => (byte)node)];
        _seen = Read(log)?.Verified(root) ?? new LastSeen();
    }

    /// <summary>The answer to a peer's boot question.</summary>
    public LastSigned About(byte peer, ulong question) => _seen.About(peer, question);

    /// <summary>Takes what was seen since, and writes it down when there is something new.</summary>
    /// <param name="voteOf">The newest vote of a peer.</param>
    /// <param name="cosignatureOf">The newest cosignature of a peer.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Keep(Func<byte, Vote?> voteOf, Func<byte, CosignatureGossip?> cosignatureOf)
    {
        int news = _peers.Count(peer => _seen.Note(peer, voteOf(peer), cosignatureOf(peer)));
        if (news > 0) DurableFile.Write(_file, _seen.ToBytes(), DurableFile.Public);
    }

    private LastSeen? Read(ILogger log)
    {
        if (!File.Exists(_file)) return null;
        if (LastSeen.TryRead(File.ReadAllBytes(_file), out var seen)) return seen;

        log.LogWarning("{File} is damaged: what peers signed before this start is known from certificates only", _file);
        return null;
    }
}
