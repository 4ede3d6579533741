using System.Globalization;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Equivocation;
using SupplyChain.Protocol.Nonces;
using SupplyChain.UpdaterAgent.Core;

namespace SupplyChain.UpdaterAgent.Transport;

/// <summary>
/// What an agent asks of nodes (docs/protocol.md §10), by their number in the trust root. Nothing here is verified.
/// </summary>
internal sealed class NodeClient(
    HttpClient http, IReadOnlyList<Uri> nodes, TransportLimits limits, TimeProvider clock, Traffic traffic)
{
    private readonly CappedExchange _exchange = new(http, clock, traffic);

    public int Count => nodes.Count;

    public Traffic Traffic => traffic;

    public Task<Reply<byte[]>> Checkpoint(int node, CancellationToken stop) =>
        Get(node, "checkpoint", Limits.MaxNoteSize, limits.Answer, stop);

    /// <summary>The node's answer to a nonce.</summary>
    public Task<Reply<byte[]>> Attest(int node, Nonce nonce, CancellationToken stop) =>
        Post(node, "attest", nonce.ToArray(), Limits.MaxNonceAnswerSize, stop);

    /// <summary>Hands a node evidence against another, or against itself.</summary>
    public Task<Reply<byte[]>> Accuse(int node, Evidence evidence, CancellationToken stop) =>
        Post(node, "evidence", evidence.ToBytes(), Limits.MaxEvidenceSize, stop);

    /// <summary>A proof bundle, with consistency from this size; 0 asks for none.</summary>
    public Task<Reply<byte[]>> Latest(int node, string product, string channel, ulong from, CancellationToken stop)
    {
        var query = from == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"?from={from}");
        return Get(node, $"latest/{product}/{channel}{query}", Limits.MaxBundleSize, limits.Answer, stop);
    }

    /// <summary>A trust root after the first, with its proof.</summary>
    public Task<Reply<byte[]>> Root(int node, ulong version, CancellationToken stop) =>
        Get(node, string.Create(CultureInfo.InvariantCulture, $"trust/{version}.update"), Limits.MaxRootUpdateSize, limits.Answer, stop);

    /// <summary>A tile of this many bytes, by its path in C2SP tlog-tiles.</summary>
    public Task<Reply<byte[]>> Tile(int node, string path, int size, CancellationToken stop) =>
        Get(node, path, size, limits.Answer, stop);

    /// <summary>An artifact's verity tree of this many bytes; <paramref name="progress"/> is told how many came.</summary>
    public Task<Reply<byte[]>> Tree(int node, Digest artifact, long size, Action<int> progress, CancellationToken stop) =>
        Get(node, $"artifact/sha256/{artifact}/tree", size, limits.Tree, stop, progress);

    /// <summary>
    /// Fills <paramref name="into"/> with the artifact's bytes from <paramref name="first"/> on; <paramref name="total"/> is
    /// its size. There is no deadline but <paramref name="stop"/>. Null, or what went wrong.
    /// </summary>
    public Task<NodeFault?> Piece(
        int node, Digest artifact, long first, Memory<byte> into, long total, Action<long> progress, CancellationToken stop) =>
        _exchange.GetRange(new Uri(nodes[node], $"artifact/sha256/{artifact}"), first, into, total, progress, stop);

    private Task<Reply<byte[]>> Post(int node, string path, byte[] body, long limit, CancellationToken stop) =>
        _exchange.Post(new Uri(nodes[node], path), body, limit, limits.Answer, stop);

    private Task<Reply<byte[]>> Get(
        int node, string path, long limit, TimeSpan deadline, CancellationToken stop, Action<int>? progress = null) =>
        _exchange.Get(new Uri(nodes[node], path), limit, deadline, stop, progress);
}
