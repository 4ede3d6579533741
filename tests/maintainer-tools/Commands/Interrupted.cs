using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using SupplyChain.Tests.Kit;

namespace SupplyChain.MaintainerTools.Tests.Commands;

/// <summary>Ctrl-C on the real program, since only a process has signals.</summary>
public sealed partial class Interrupted : IDisposable
{
    private const int Interrupt = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly string[] People = ["alice", "bob", "carol"];

    private readonly TemporaryFolder _folder = new();
    private readonly string _typed;

    public Interrupted() => _typed = _folder.File("typed", "correct horse\n"u8);

    [Fact]
    public async Task A_ceremony_ends_with_130_leaves_nothing_half_written_and_goes_on_when_it_is_run_again()
    {
        await GatherAsync();
        await InterruptAsync(
            () => File.Exists(_folder.In("shared", "deal", "alice.json")), "ceremony", "run", "--dir", _folder.In("shared"),
            "--id", _folder.In("alice"), "--work-factor", "10", "--timeout", "600");
        Assert.False(File.Exists(_folder.In("alice", "share.age")));

        var ends = await Task.WhenAll(People.Select(name => Task.Run(() => Run("ceremony", "run", "--dir", _folder.In("shared"),
            "--id", _folder.In(name), "--work-factor", "10", "--timeout", "60"))));
        Assert.All(ends, end => Assert.True(end.Code == 0, end.Output + end.Error));
    }

    [Fact]
    public async Task An_upload_ends_with_130_though_no_node_answers()
    {
        // They let everybody connect and never say a word.
        TcpListener[] silent = [.. Enumerable.Range(0, 4).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (var node in silent) node.Start();
        var network = TestNetwork.Create(place: node => node with { Url = UrlOf(silent[node.Name[^1] - '0']) });
        byte[] content = "1.0.0"u8.ToArray();
        string root = _folder.File("root.json", network.RootEnvelope.ToBytes()), payload = _folder.File("payload.bin", content);
        string envelope = _folder.File("envelope.json", network.Sign(Signing.Signers.Release()).ToBytes());
        Assert.Equal(0, (await Run("publisher", "new", "--out", _folder.In("publisher.age"), "--work-factor", "10")).Code);

        await InterruptAsync(() => silent.Any(node => node.Pending()), "submit", "--trust-root", root, "--publisher", _folder.In("publisher.age"),
            "--envelope", envelope, "--artifact", payload);
        foreach (var node in silent) node.Dispose();
    }

    public void Dispose() => _folder.Dispose();

    private async Task GatherAsync()
    {
        foreach (string name in People) await Run("id", "new", "--name", name, "--out", _folder.In(name), "--work-factor", "10");
        var proposed = await ShareProgram.RunAsync(["ceremony", "propose", "--dir", _folder.In("shared"), "--name", "acme", "--threshold", "2",
            "--faulty", "1", "--member", .. People.Select(name => _folder.In(name, "identity.json"))]);
        Assert.True(proposed.Code == 0, proposed.Error);
        foreach (string name in People) await Run("ceremony", "join", "--dir", _folder.In("shared"), "--id", _folder.In(name), "--work-factor", "10");
    }

    // The program asks for the passphrase first; then it is let run until the moment is there.
    private async Task InterruptAsync(Func<bool> moment, params string[] arguments)
    {
        using var program = Start([.. arguments, "--passphrase-fd", "0", "--json"]);
        try
        {
            await program.StandardInput.WriteAsync("correct horse\n");
            await program.StandardInput.FlushAsync();
            await UntilAsync(moment);

            Assert.Equal(0, Signal(program.Id, Interrupt));
            using var deadline = new CancellationTokenSource(Patience);
            string output = await program.StandardOutput.ReadToEndAsync(deadline.Token);
            await program.WaitForExitAsync(deadline.Token);

            Assert.Equal(130, program.ExitCode);
            Assert.Equal("interrupted", JsonDocument.Parse(output).RootElement.GetProperty("error").GetProperty("name").GetString());
            Assert.Empty(Directory.EnumerateFiles(_folder.Path, ".*", SearchOption.AllDirectories));
        }
        finally
        {
            if (!program.HasExited) program.Kill();
        }
    }

    private static string UrlOf(TcpListener node) =>
        string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)node.LocalEndpoint).Port}");

    private Task<ShareProgram.Run> Run(params string[] arguments) => ShareProgram.RunWithPassphraseAsync(_typed, arguments);

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "share.dll"));
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (var clock = Stopwatch.StartNew(); !holds(); await Task.Delay(50))
            Assert.True(clock.Elapsed < Patience, string.Create(CultureInfo.InvariantCulture, $"It did not happen within {Patience}."));
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
