using System.Net;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.Tests.Kit.Processes;

namespace SupplyChain.EndToEnd.Tests;

/// <summary>
/// One release after the other of one product, each naming the one before it: if one of them were lost, all later ones
/// would be refused.
/// </summary>
internal sealed class ReleaseStream(NodeProcesses network, int size = 100_000)
{
    private readonly byte[] _bytes = Noise(size);
    private readonly List<Digest> _ids = [];

    /// <summary>Of all that a node has accepted, in their order.</summary>
    public IReadOnlyList<Digest> Ids => _ids;

    public byte[] Bytes => _bytes;

    /// <summary>Hands so many more to a node. It answered for each before the next is handed in.</summary>
    public async Task SubmitAsync(NodeProcess node, int count)
    {
        for (int i = 0; i < count; i++)
        {
            ulong sequence = (ulong)_ids.Count + 1;
            var release = NodeProcesses.ReleaseOf(
                _bytes, $"1.0.{sequence}", sequence, _ids.Count == 0 ? null : _ids[^1]);
            await NodeProcesses.EventuallyAsync(node, () => IsAcceptedAsync(node, release));
            _ids.Add(release.Id());
        }
    }

    // A node that has just come back may lack the bytes, or the release before this one, for a moment.
    private async Task<bool> IsAcceptedAsync(NodeProcess node, Release release)
    {
        using var answer = await network.SubmitAsync(node, release);
        if (answer.StatusCode == HttpStatusCode.Accepted) return true;

        string problem = await answer.Content.ReadAsStringAsync();
        if (problem.Contains("artifact-missing", StringComparison.Ordinal)) await network.UploadAsync(node, _bytes);
        return false;
    }

    private static byte[] Noise(int size)
    {
        byte[] bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }
}
