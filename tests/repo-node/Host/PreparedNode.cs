using SupplyChain.RepoNode.Operations;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Tests.Host;

/// <summary>The folder of one node that was never started, and the trust root that names it.</summary>
internal sealed class PreparedNode : IAsyncDisposable
{
    private readonly LoopbackNetwork _nodes = new();

    public PreparedNode()
    {
        File.WriteAllBytes(Files.Description, _nodes.Network.Root.Nodes[0].ToBytes());
        int[] free = LoopbackNetwork.FreePorts(2);
        var addresses = new ListenAddresses(new ListenAddress("127.0.0.1", free[0]), new ListenAddress("127.0.0.1", free[1]));
        File.WriteAllBytes(Files.ListenAddresses, addresses.ToBytes());
        TrustRoot = Path.Combine(Files.Data, "root.json");
        File.WriteAllBytes(TrustRoot, _nodes.Network.RootEnvelope.ToBytes());
    }

    public NodeFiles Files => _nodes.FilesOf(0);

    public string TrustRoot { get; }

    /// <summary>The command line that runs it.</summary>
    public string[] Run => ["run", "--data", Files.Data, "--trust-root", TrustRoot, "--json"];

    /// <summary>What must never be touched: the keys and the signing journal.</summary>
    public string[] Secrets() =>
        [.. new[] { Files.VoteKey, Files.AttestationKey, Files.LogKey, Files.Journal }.Select(file => Convert.ToHexString(File.ReadAllBytes(file)))];

    public ValueTask DisposeAsync() => _nodes.DisposeAsync();
}
