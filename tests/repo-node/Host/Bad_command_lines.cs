using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace SupplyChain.RepoNode.Tests.Host;

/// <summary>What an operator may type or press by mistake, and where there is no terminal.</summary>
public sealed class Bad_command_lines
{
    [Theory]
    [InlineData("", "Required command")]
    [InlineData("frobnicate", "frobnicate")]
    [InlineData("run", "--data")]
    [InlineData("run --data d --trust-root r --surprise", "--surprise")]
    [InlineData("init --name Node --listen 127.0.0.1:8001 --data d", "'Node'")]
    [InlineData("init --name node-1 --listen nowhere --data d", "'nowhere'")]
    [InlineData("status", "Which node?")]
    [InlineData("status --url nowhere", "'nowhere'")]
    [InlineData("status --url /etc/passwd", "'/etc/passwd'")]
    [InlineData("status --url ftp://127.0.0.1:1", "'ftp://127.0.0.1:1'")]
    public async Task Wrong_usage_is_named(string line, string seen) =>
        (await NodeProgram.RunAsync([.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--json"])).AssertError(2, "usage", seen);

    [Fact]
    public async Task What_is_there_already_is_never_replaced()
    {
        using var folder = new TemporaryDirectory();
        string[] init = ["init", "--name", "node-1", "--listen", "127.0.0.1:8001", "--data", folder["node"], "--json"];
        Assert.Equal(0, (await NodeProgram.RunAsync(init)).Code);
        string[] before = Contents(folder["node"]);

        (await NodeProgram.RunAsync(init)).AssertError(1, "exists", "node.json");
        Assert.Equal(before, Contents(folder["node"]));
    }

    [Fact]
    public async Task Without_a_terminal_there_is_no_colour()
    {
        using var folder = new TemporaryDirectory();
        var made = await NodeProgram.RunAsync("init", "--name", "node-1", "--listen", "127.0.0.1:8001", "--data", folder["node"]);
        Assert.Equal(0, made.Code);
        Assert.Contains("node-1", made.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', made.Output + made.Errors);
    }

    [Fact]
    public async Task What_a_strange_server_says_is_told_and_reaches_no_terminal()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var babbling = BabbleAsync(listener, "\u001b[31mHTTP/9 what\r\n\r\n");

        var ended = await NodeProgram.RunAsync("status", "--url", $"http://{listener.LocalEndpoint}");

        await babbling;
        Assert.Equal(3, ended.Code);
        Assert.Contains("HTTP/9 what", ended.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(ended.Errors, character => char.IsControl(character) && character != '\n');
    }

    [Fact]
    public async Task A_node_that_runs_ends_with_130_on_ctrl_c_and_with_0_when_it_is_stopped_and_starts_again_after_either()
    {
        await using var node = new PreparedNode();
        using (var interrupted = NodeProgram.Start(node.Run))
        {
            AssertReady(await interrupted.ReadLineAsync());
            await interrupted.PressControlCAsync();
            Assert.Equal(130, (await interrupted.EndAsync()).Code);
        }

        using var stopped = NodeProgram.Start(node.Run);
        AssertReady(await stopped.ReadLineAsync());
        await stopped.TerminateAsync();
        Assert.Equal(0, (await stopped.EndAsync()).Code);
        Assert.Empty(Directory.EnumerateFiles(node.Files.Data, "*.tmp", SearchOption.AllDirectories));
    }

    private static void AssertReady(string? line) => Assert.Equal("node-00", JsonDocument.Parse(line!).RootElement.GetProperty("name").GetString());

    private static string[] Contents(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => $"{file} {Convert.ToHexString(File.ReadAllBytes(file))}"),
    ];

    private static async Task BabbleAsync(TcpListener listener, string said)
    {
        using var client = await listener.AcceptTcpClientAsync();
        byte[] request = new byte[4096];
        Assert.NotEqual(0, await client.GetStream().ReadAsync(request));
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(said));
    }
}
