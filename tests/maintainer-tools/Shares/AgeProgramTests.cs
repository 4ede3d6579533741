using System.Diagnostics;
using System.Text;
using SupplyChain.MaintainerTools.Shares;
using SupplyChain.Tests.Kit;

namespace SupplyChain.MaintainerTools.Tests.Shares;

/// <summary>Our files against the <c>age</c> program. It asks for passphrases on a terminal only, which <c>script</c> gives it.</summary>
public sealed class AgeProgramTests
{
    private const string Typed = "correct horse battery staple";

    [NeedsProgramsFact("age", "script")]
    public async Task The_age_program_opens_what_we_seal()
    {
        using var folder = new TemporaryFolder();
        using var passphrase = new SecretBuffer(Encoding.UTF8.GetBytes(Typed));
        string path = folder.File("secret.age", AgeFile.Seal("a share"u8, passphrase, ToolLimits.MinWorkFactor));

        await OnTerminalAsync($"age -d -o {folder.In("opened")} {path}", Typed);

        Assert.Equal("a share", await File.ReadAllTextAsync(folder.In("opened")));
    }

    // Armored, because inside the armor is the binary form.
    [NeedsProgramsFact("age", "script")]
    public async Task We_open_what_the_age_program_seals()
    {
        using var folder = new TemporaryFolder();
        using var passphrase = new SecretBuffer(Encoding.UTF8.GetBytes(Typed));
        string plain = folder.File("plain", "a share"u8), file = folder.In("sealed");

        await OnTerminalAsync($"age -p -a -o {file} {plain}", Typed, Typed);

        Assert.True(AgeFile.TryOpen(await File.ReadAllBytesAsync(file), passphrase, out var opened, out var refusal), refusal.ToString());
        Assert.Equal("a share", Encoding.UTF8.GetString(opened.Span));
    }

    private static async Task OnTerminalAsync(string command, params string[] lines)
    {
        using var process = Process.Start(new ProcessStartInfo("script", ["-qec", command, "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var seen = process.StandardOutput.ReadToEndAsync(patience.Token);
        foreach (string line in lines) await process.StandardInput.WriteAsync(line + "\n");
        await process.StandardInput.FlushAsync();
        await process.WaitForExitAsync(patience.Token);

        Assert.True(process.ExitCode == 0, await seen);
    }
}
