using SupplyChain.Tests.Kit;
using SupplyChain.Tests.Kit.Processes;

namespace SupplyChain.UpdaterAgent.Tests.Packaging;

/// <summary>
/// The packaged units, by systemd's own judgement, on a disk that has its units, ours, and a program where ours look for
/// theirs.
/// </summary>
public sealed class Units_that_systemd_starts : IDisposable
{
    private const string Boot = "updater-agent-boot.service", Run = "updater-agent.service";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("supplychain-units-");

    public Units_that_systemd_starts()
    {
        foreach (string folder in new[] { "usr/bin", "usr/lib/systemd/system", "etc/systemd/system" }) _root.CreateSubdirectory(folder);
        File.Copy(ProgramPath.Of("true"), Path.Combine(_root.FullName, "usr", "bin", "updater-agent"));
        foreach (string unit in new[] { Boot, Run })
        {
            string packaged = RepositoryRoot.Combine("updater-agent", "host", "packaging", unit);
            File.Copy(packaged, Path.Combine(_root.FullName, "etc", "systemd", "system", unit));
        }
    }

    [NeedsProgramsFact("systemctl", "systemd-analyze")]
    public async Task Every_line_is_understood_and_a_whole_boot_has_an_order_with_them()
    {
        await ShellAsync("cp -r /lib/systemd/system/. usr/lib/systemd/system");
        await ShellAsync($"systemctl --root=$PWD enable {Boot} {Run} 2>&1");

        // A line that it does not understand is a warning, and no failure: whatever it says is too much.
        Assert.Equal("", await ShellAsync($"systemd-analyze verify --man=no --root=$PWD {Boot} {Run} multi-user.target 2>&1"));
        Assert.True(IsWanted("sysinit.target", Boot));
        Assert.True(IsWanted("multi-user.target", Run));
    }

    public void Dispose() => _root.Delete(recursive: true);

    private bool IsWanted(string target, string unit) =>
        new FileInfo(Path.Combine(_root.FullName, "etc", "systemd", "system", target + ".wants", unit)).LinkTarget is not null;

    private Task<string> ShellAsync(string command) => HostProgram.RunAsync(_root.FullName, "sh", "-c", command);
}
