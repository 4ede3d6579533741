using System.Diagnostics;

namespace SupplyChain.UpdaterAgent.Tests.Survival;

/// <summary>A test that mounts a disk of its own: skipped where nobody may, and run, and failed, under CI.</summary>
public sealed class MountsDiskFactAttribute : FactAttribute
{
    public MountsDiskFactAttribute()
    {
        if (Environment.UserName != "root" && Environment.GetEnvironmentVariable("CI") != "true")
            Skip = "mounts a small tmpfs: run it as root";
    }
}

/// <summary>A disk that is soon full, and can be made read-only.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _path;

    public SmallDisk(string path, string size)
    {
        _path = Directory.CreateDirectory(path).FullName;
        Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", _path);
    }

    public void MakeReadOnly() => Run("mount", "-o", "remount,ro", _path);

    public void MakeWritable() => Run("mount", "-o", "remount,rw", _path);

    public void Grow(string size) => Run("mount", "-o", $"remount,size={size}", _path);

    /// <summary>Takes all the room that is left.</summary>
    public void Fill()
    {
        using var file = File.Create(Path.Combine(_path, "filler"));
        byte[] chunk = new byte[4096];
        try
        {
            while (true) file.Write(chunk);
        }
        catch (IOException)
        {
            // Full, as it should be.
        }
    }

    public void Dispose() => Run("umount", "--lazy", _path);

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {said}");
    }
}
