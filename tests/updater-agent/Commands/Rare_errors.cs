using System.Text;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Verification;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Tests.Installation.Livepatch;
using SupplyChain.UpdaterAgent.Tests.Network;
using SupplyChain.UpdaterAgent.Updating;

namespace SupplyChain.UpdaterAgent.Tests.Commands;

/// <summary>What seldom goes wrong has a name too, says what was seen and what to do, and changes nothing.</summary>
public sealed class Rare_errors
{
    [Fact]
    public async Task A_folder_that_holds_another_product_is_other_product()
    {
        var network = new FakeNetwork();
        network.Offer("1.0.0", "one"u8.ToArray());
        using var agent = await new AgentUnderTest(network).Initialise();
        Assert.Equal(ExitCode.Done, await agent.RunJson("install"));
        string config = await File.ReadAllTextAsync(agent.State.Config);
        await File.WriteAllTextAsync(agent.State.Config, config.Replace("\"linux\"", "\"windows\"", StringComparison.Ordinal));

        foreach (string command in (string[])["status", "check", "install", "rollback"])
        {
            Assert.Equal(ExitCode.Environment, await agent.RunJson(command));
            AssertError(agent, "other-product", "holds linux, not windows", "--install");
        }

        Assert.Equal("one"u8.ToArray(), await File.ReadAllBytesAsync(agent.CurrentFile!));
    }

    [Fact]
    public async Task A_channel_that_moves_during_every_download_is_channel_kept_changing()
    {
        var network = new FakeNetwork();
        network.Offer("1.0.0", "1"u8.ToArray());
        using var agent = await new AgentUnderTest(network).Initialise();
        int version = 1;
        foreach (var node in network.Nodes)
        {
            node.Tamper = (_, honest) =>
            {
                if (honest.Content.Headers.ContentRange is not null) network.Offer($"{++version}.0.0", Encoding.ASCII.GetBytes($"{version}"));
                return honest;
            };
        }

        Assert.Equal(ExitCode.Failed, await agent.RunJson("install"));
        AssertError(agent, "channel-kept-changing", "every download", "later");
        Assert.Null(agent.CurrentFile);
        Assert.Equal(4, version);

        foreach (var node in network.Nodes) node.Tamper = null;
        Assert.Equal(ExitCode.Done, await agent.RunJson("install"));
        Assert.Equal("4"u8.ToArray(), await File.ReadAllBytesAsync(agent.CurrentFile!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("damaged")]
    [InlineData("[]")]
    [InlineData(null)]
    public async Task A_damaged_record_of_livepatches_is_install_journal_damaged(string? content)
    {
        using var folder = new TemporaryFolder();
        var network = new FakeNetwork();
        using var http = new HttpClient(network, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        var kernel = new FakeKernel(folder.In("kernel"));
        using var agent = new AgentUnderTest(network)
        {
            World = new World { Http = http, Machine = () => new MachineFacts("x86_64", ModuleBytes.Kernel, "abcd"), Kernel = kernel.Running },
        };
        await agent.Initialise("--kind", "livepatch");
        Offer(network, "1.0.0");
        Assert.Equal(ExitCode.Done, await agent.RunJson("install"));
        Offer(network, "2.0.0");
        kernel.Boot();
        await File.WriteAllTextAsync(agent.State.Livepatch, content ?? new string(' ', 1_000_000));

        foreach (string command in (string[])["boot", "install"])
        {
            Assert.Equal(ExitCode.Failed, await agent.RunJson(command));
            AssertError(agent, "install-journal-damaged", agent.State.Livepatch, "remove it");
        }

        Assert.Empty(kernel.Loaded);
    }

    private static void Offer(FakeNetwork network, string version) => network.Offer(
        version, PatchedMachine.Module(version).ToArray(),
        release => release with { Kind = PayloadKind.Livepatch, Format = PayloadFormat.File, Target = PatchedMachine.Target });

    private static void AssertError(AgentUnderTest agent, string name, string seen, string advice)
    {
        var error = agent.Json.GetProperty("error");
        Assert.Equal(name, error.GetProperty("name").GetString());
        Assert.Contains(seen, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains(advice, error.GetProperty("hint").GetString(), StringComparison.Ordinal);
    }
}
