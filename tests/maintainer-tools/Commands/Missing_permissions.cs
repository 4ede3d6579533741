using System.Diagnostics;
using System.Text.Json;
using SupplyChain.Tests.Kit;

namespace SupplyChain.MaintainerTools.Tests.Commands;

/// <summary>Files that may not be read and folders that may not be written: named, and nothing half made.</summary>
public sealed class Missing_permissions : IDisposable
{
    private const UnixFileMode Closed = UnixFileMode.UserRead | UnixFileMode.UserExecute;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TemporaryFolder _folder = new();

    [NeedsRootFact]
    public async Task What_may_not_be_read_is_file_unreadable()
    {
        string root = _folder.File("root.json", TestNetwork.Create().RootEnvelope.ToBytes());
        File.SetUnixFileMode(root, UnixFileMode.None);

        AssertEnvironment(await RunAsync("trust", "show", "--trust-root", root, "--json"), "file-unreadable", root);
    }

    [NeedsRootFact]
    public async Task Where_nothing_may_be_written_is_file_unwritable_and_stays_empty()
    {
        string closed = Directory.CreateDirectory(_folder.In("closed"), Closed).FullName;
        string release = _folder.File("release.json", Signing.Signers.Release().ToPayload());

        AssertEnvironment(
            await RunAsync("promote", "--release", release, "--channel", "stable", "--first", "--out", Path.Combine(closed, "p.json"), "--json"),
            "file-unwritable", closed);
        AssertEnvironment(
            await RunAsync("id", "new", "--name", "dora", "--out", Path.Combine(closed, "dora"), "--work-factor", "10", "--passphrase-fd", "0", "--json"),
            "file-unwritable", closed);
        Assert.Empty(Directory.GetFileSystemEntries(closed));
    }

    public void Dispose() => _folder.Dispose();

    // As root whom permissions bind like anybody else (capabilities(7)).
    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        const string privileges = "-dac_override,-dac_read_search";
        string program = Path.Combine(AppContext.BaseDirectory, "share.dll");
        var start = new ProcessStartInfo("setpriv", [$"--bounding-set={privileges}", $"--inh-caps={privileges}", "dotnet", program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        using var late = new CancellationTokenSource(Patience);
        try
        {
            await process.StandardInput.WriteAsync("correct horse battery\n");
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It asked for no passphrase, and is gone.
        }

        try
        {
            string output = await process.StandardOutput.ReadToEndAsync(late.Token);
            await process.WaitForExitAsync(late.Token);
            return (process.ExitCode, output);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    private static void AssertEnvironment((int Code, string Output) ended, string name, string seen)
    {
        var error = JsonDocument.Parse(ended.Output).RootElement.GetProperty("error");
        Assert.Equal((3, name), (ended.Code, error.GetProperty("name").GetString()));
        Assert.Contains(seen, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(error.GetProperty("hint").GetString()!);
    }
}
