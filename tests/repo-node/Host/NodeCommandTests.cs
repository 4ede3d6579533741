using SupplyChain.Protocol.Trust;
using SupplyChain.RepoNode.Commands;
using SupplyChain.RepoNode.Operations;
using SupplyChain.RepoNode.Storage;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Host;

public sealed class NodeCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private NodeFiles Files => new(_directory["node"]);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Init_makes_keys_for_their_owner_only_and_tells_the_public_what_it_may_know()
    {
        Assert.Equal(ExitCode.Done, await InitAsync());

        string[] secrets = [Files.VoteKey, Files.AttestationKey, Files.LogKey, Files.TransportCertificate];
        Assert.All(secrets, secret => Assert.Equal(DurableFile.Private, File.GetUnixFileMode(secret)));
        using var keys = NodeKeys.Load(Files);
        Assert.True(NodeIdentity.TryRead(File.ReadAllBytes(Files.Description), out var identity));
        Assert.Equal(keys.IdentityOf("node-1", "http://127.0.0.1:8001", "127.0.0.1:8002"), identity);
        Assert.Empty(Directory.EnumerateFiles(Files.Data, "*.tmp", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Keys_are_never_replaced()
    {
        await InitAsync();
        string key = File.ReadAllText(Files.VoteKey);

        Assert.Equal(ExitCode.Failed, await InitAsync());
        File.Delete(Files.Description);
        Assert.Equal(ExitCode.Environment, await InitAsync());
        Assert.Equal(key, File.ReadAllText(Files.VoteKey));
    }

    [Theory]
    [InlineData("--name", "Node 1")]
    [InlineData("--listen", "nowhere")]
    [InlineData("--listen", "127.0.0.1:0")]
    [InlineData("--url", "https://127.0.0.1:8001")]
    [InlineData("--url", "http://127.0.0.1:8001/path")]
    [InlineData("--surprise", "1")]
    public async Task Wrong_usage_makes_nothing(string option, string value)
    {
        Assert.Equal(ExitCode.Usage, await InitAsync(option, value));
        Assert.False(Directory.Exists(Files.Data));
    }

    [Fact]
    public async Task A_node_does_not_run_without_init() =>
        Assert.Equal(ExitCode.Environment, await RunAsync(_directory["root.json"]));

    [Fact]
    public async Task A_node_does_not_run_with_a_trust_root_that_does_not_name_it()
    {
        await InitAsync();
        File.WriteAllBytes(_directory["root.json"], TestNetwork.Create().RootEnvelope.ToBytes());
        Assert.Equal(ExitCode.Refused, await RunAsync(_directory["root.json"]));

        File.WriteAllText(_directory["root.json"], "{}");
        Assert.Equal(ExitCode.Refused, await RunAsync(_directory["root.json"]));
    }

    [Fact]
    public async Task A_node_does_not_run_twice()
    {
        await InitAsync();
        using var held = NodeLock.TryTake(Files.Lock);

        Assert.Equal(ExitCode.Locked, await RunAsync(_directory["root.json"]));
    }

    [Fact]
    public async Task Status_says_when_nobody_answers()
    {
        string url = $"http://127.0.0.1:{LoopbackNetwork.FreePorts(1)[0]}";

        Assert.Equal(ExitCode.Environment, await InvokeAsync("status", "--url", url));
        Assert.Equal(ExitCode.Usage, await InvokeAsync("status"));
    }

    private async Task<ExitCode> InitAsync(params string[] more)
    {
        var options = new Dictionary<string, string>
        {
            ["--name"] = "node-1",
            ["--listen"] = "127.0.0.1:8001",
            ["--data"] = Files.Data,
        };
        for (int i = 0; i < more.Length; i += 2) options[more[i]] = more[i + 1];
        string[] args = [.. options.SelectMany(option => new[] { option.Key, option.Value })];
        return await InvokeAsync(["init", "--json", .. args]);
    }

    private Task<ExitCode> RunAsync(string root) =>
        InvokeAsync("run", "--json", "--data", Files.Data, "--trust-root", root);

    private static async Task<ExitCode> InvokeAsync(params string[] args) =>
        (ExitCode)await NodeCommand.InvokeAsync(args);
}
