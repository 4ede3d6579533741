using System.Diagnostics;
using System.Text.Json;
using SupplyChain.Protocol.Notes;
using SupplyChain.Tests.Kit;

namespace SupplyChain.EndToEnd.Tests;

/// <summary>From key ceremony to installed update, with the real programs, and what strangers can check about it.</summary>
[TestCaseOrderer("SupplyChain.Tests.Kit.InOrderOfName", "SupplyChain.Tests.Kit")]
public class The_whole_path_holds(RunningDemo demo) : IClassFixture<RunningDemo>
{
    [Fact]
    public async Task A_1_every_node_serves_the_same_tree_under_its_own_log_signature_and_a_quorum_of_cosignatures()
    {
        using var http = new HttpClient();
        var sizes = new HashSet<ulong>();
        foreach (Uri node in demo.Nodes)
        {
            byte[] body = await http.GetByteArrayAsync(new Uri(node, "checkpoint"));
            Assert.True(body.Length <= 1000, $"a check costs {body.Length} bytes");
            Assert.True(SignedNote.TryParse(body, out SignedNote? note));
            Assert.True(Checkpoint.TryParse(note.Text, out Checkpoint? checkpoint));
            Assert.Equal(checkpoint.Origin, note.Signatures[0].Name);
            Assert.True(note.Signatures.Count >= 1 + 3, "fewer than 2f+1 cosignatures");
            sizes.Add(checkpoint.Size.Value);
        }
        Assert.Single(sizes);
    }

    [NeedsProgramsFact("go")]
    public async Task A_2_a_log_verifier_written_by_others_accepts_the_checkpoint_and_recomputes_the_tree()
    {
        foreach (Uri node in demo.Nodes)
        {
            (int exit, string said) = await VerifyLogAsync(demo.Policy, node);
            Assert.True(exit == 0, said);
            Assert.StartsWith("accepted: size ", said, StringComparison.Ordinal);
        }
    }

    [NeedsProgramsFact("go")]
    public async Task A_3_and_it_refuses_a_node_whose_log_key_the_policy_does_not_name()
    {
        string narrower = demo.Policy + ".narrower";
        string[] lines = await File.ReadAllLinesAsync(demo.Policy);
        string firstLog = lines.First(line => line.StartsWith("log ", StringComparison.Ordinal));
        await File.WriteAllLinesAsync(narrower, [firstLog, .. lines.Where(line => !line.StartsWith("log ", StringComparison.Ordinal))]);

        (int exit, string said) = await VerifyLogAsync(narrower, demo.Nodes[1]);

        Assert.NotEqual(0, exit);
        Assert.Contains("refused: 0 log signatures", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task B_every_act_went_as_it_must_and_ctrl_c_ends_it_cleanly()
    {
        (int exit, JsonElement said) = await demo.EndAsync();

        Assert.Equal(0, exit);
        Assert.Equal(14, said.GetProperty("acts").GetArrayLength());
        Assert.DoesNotContain(Process.GetProcessesByName("repo-node"), process => CommandLineOf(process).Contains(demo.Folder, StringComparison.Ordinal));
    }

    private static async Task<(int Exit, string Said)> VerifyLogAsync(string policy, Uri node)
    {
        var start = new ProcessStartInfo("go", ["run", ".", policy, node.AbsoluteUri])
        {
            WorkingDirectory = RepositoryRoot.Combine("tests", "end-to-end", "log-verifier"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Debian's golang-golang-x-mod-dev puts the package there; nothing is fetched.
        start.Environment["GO111MODULE"] = "off";
        start.Environment["GOPATH"] = "/usr/share/gocode";
        start.Environment["GOFLAGS"] = "";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }

    private static string CommandLineOf(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
