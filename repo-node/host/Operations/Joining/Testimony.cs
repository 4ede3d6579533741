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
    private readonly ILogger _log;
    private bool _isUnwritten, _hasFailed;

    public Testimony(NodeFiles files, TrustRoot root, PeerSet peers, ILogger<Testimony> log)
    {
        _file = files.LastSeen;
        _log = log;
        _peers = [.. peers.Others.Select(node => (byte)node)];
        _seen = Read()?.Verified(root) ?? new LastSeen();
    }

    /// <summary>The answer to a peer's boot question.</summary>
    public LastSigned About(byte peer, ulong question) => _seen.About(peer, question);

    /// <summary>Takes what was seen since. It costs no write: a peer may have something new to show as often as it likes.</summary>
    /// <param name="voteOf">The newest vote of a peer.</param>
    /// <param name="cosignatureOf">The newest cosignature of a peer.</param>
    public void Note(Func<byte, Vote?> voteOf, Func<byte, CosignatureGossip?> cosignatureOf)
    {
        foreach (byte peer in _peers) _isUnwritten |= _seen.Note(peer, voteOf(peer), cosignatureOf(peer));
    }

    /// <summary>Writes down what is new. Where the disk will not, the node goes on, and this is tried again the next time.</summary>
    public void Keep()
    {
        if (!_isUnwritten) return;

        try
        {
            DurableFile.Write(_file, _seen.ToBytes(), DurableFile.Public);
            (_isUnwritten, _hasFailed) = (false, false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (!_hasFailed) _log.LogWarning("{File} cannot be written, and is tried again: {Why}", _file, failure.Message);
            _hasFailed = true;
        }
    }

    private LastSeen? Read()
    {
        if (!File.Exists(_file)) return null;
        if (LastSeen.TryRead(File.ReadAllBytes(_file), out var seen)) return seen;

        _log.LogWarning("{File} is damaged: what peers signed before this start is known from certificates only", _file);
        return null;
    }
}
