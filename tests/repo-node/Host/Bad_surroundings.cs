using System.Net;
using System.Net.Sockets;
using SupplyChain.RepoNode.Operations;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Host;

/// <summary>
/// <c>repo-node run</c> where something is wrong with what it finds: a stable name and exit code, and the keys as they were.
/// </summary>
public sealed class Bad_surroundings : IAsyncLifetime, IAsyncDisposable
{
    private readonly LoopbackNetwork _nodes = new();
    private readonly TcpListener _occupied = new(IPAddress.Loopback, 0);
    private string _root = "";

    private int OccupiedPort => ((IPEndPoint)_occupied.LocalEndpoint).Port;

    public async Task InitializeAsync()
    {
        _occupied.Start();
        var files = _nodes.FilesOf(0);
        await File.WriteAllBytesAsync(files.Description, _nodes.Network.Root.Nodes[0].ToBytes());
        int[] free = LoopbackNetwork.FreePorts(2);
        Listen(free[0], free[1]);
        _root = Path.Combine(files.Data, "root.json");
        await File.WriteAllBytesAsync(_root, _nodes.Network.RootEnvelope.ToBytes());
    }

    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        _occupied.Dispose();
        await _nodes.DisposeAsync();
    }

    [Theory]
    [InlineData("the port for agents is taken", 3, "port-in-use", "address already in use")]
    [InlineData("the port for peers is taken", 3, "port-in-use", "address already in use")]
    [InlineData("the trust root is empty", 4, "root-malformed", "root.json")]
    [InlineData("the trust root is cut off", 4, "root-malformed", "root.json")]
    [InlineData("the trust root is endless", 4, "root-malformed", "/dev/zero")]
    [InlineData("the trust root is signed by others", 4, "root-signature-invalid", "root.json")]
    [InlineData("the trust root is of another network", 4, "not-in-trust-root", "does not name a node")]
    [InlineData("the trust root is missing", 3, "environment", "root.json")]
    [InlineData("the trust root is a directory", 3, "permission-denied", "node-0")]
    [InlineData("listen.json is damaged", 3, "not-a-node", "listen.json")]
    [InlineData("listen.json is empty", 3, "not-a-node", "listen.json")]
    [InlineData("uploads.json is damaged", 3, "not-a-node", "uploads.json")]
    [InlineData("node.json is missing", 3, "not-a-node", "There is no node in")]
    [InlineData("a key is empty", 3, "environment", "vote.key")]
    [InlineData("a key is cut off", 3, "environment", "vote.key")]
    [InlineData("the certificate is garbage", 3, "environment", "transport.pem")]
    [InlineData("the database is garbage", 3, "environment", "state.db")]
    [InlineData("the journal is missing", 1, "journal-damaged", "journal")]
    public async Task Are_named_and_change_nothing(string what, int code, string name, string seen)
    {
        Spoil(what);
        byte[] attestation = await File.ReadAllBytesAsync(_nodes.FilesOf(0).AttestationKey);

        var ended = await NodeProgram.RunAsync("run", "--data", _nodes.FilesOf(0).Data, "--trust-root", _root, "--json");

        ended.AssertError(code, name, seen);
        Assert.Equal(attestation, await File.ReadAllBytesAsync(_nodes.FilesOf(0).AttestationKey));
    }

    private void Spoil(string what)
    {
        var files = _nodes.FilesOf(0);
        byte[] root = _nodes.Network.RootEnvelope.ToBytes();
        switch (what)
        {
            case "the port for agents is taken": Listen(OccupiedPort, LoopbackNetwork.FreePorts(1)[0]); break;
            case "the port for peers is taken": Listen(LoopbackNetwork.FreePorts(1)[0], OccupiedPort); break;
            case "the trust root is empty": File.WriteAllBytes(_root, []); break;
            case "the trust root is cut off": File.WriteAllBytes(_root, root[..^10]); break;
            case "the trust root is endless": _root = "/dev/zero"; break;
            case "the trust root is signed by others":
                byte[] payload = _nodes.Network.Root.ToRotation().ToPayload();
                File.WriteAllBytes(_root, Protocol.Statements.Envelope.Of(payload, _nodes.Network.Maintainers.Sign(payload)).ToBytes());
                break;
            case "the trust root is of another network": File.WriteAllBytes(_root, TestNetwork.Create().RootEnvelope.ToBytes()); break;
            case "the trust root is missing": File.Delete(_root); break;
            case "the trust root is a directory": _root = files.Data; break;
            case "listen.json is damaged": File.WriteAllText(files.ListenAddresses, "{\"http\":\"0.0.0.0:99999\",\"peers\":\"\"}"); break;
            case "listen.json is empty": File.WriteAllText(files.ListenAddresses, ""); break;
            case "uploads.json is damaged": File.WriteAllText(files.UploadLimits, "{\"quotaBytes\":-1,\"keepHours\":1}"); break;
            case "node.json is missing": File.Delete(files.Description); break;
            case "a key is empty": File.WriteAllText(files.VoteKey, ""); break;
            case "a key is cut off": File.WriteAllText(files.VoteKey, File.ReadAllText(files.VoteKey)[..^1]); break;
            case "the certificate is garbage": File.WriteAllText(files.TransportCertificate, "garbage"); break;
            case "the database is garbage": File.WriteAllBytes(files.Database, [.. Enumerable.Repeat((byte)0x55, 8_192)]); break;
            case "the journal is missing": File.Delete(files.Journal); break;
            default: throw new ArgumentOutOfRangeException(nameof(what), what, null);
        }
    }

    private void Listen(int http, int peers) => File.WriteAllBytes(
        _nodes.FilesOf(0).ListenAddresses,
        new ListenAddresses(new ListenAddress("127.0.0.1", http), new ListenAddress("127.0.0.1", peers)).ToBytes());
}
