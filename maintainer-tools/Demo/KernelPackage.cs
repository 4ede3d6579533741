using System.Diagnostics;
using SupplyChain.MaintainerTools.Terminal;

namespace SupplyChain.MaintainerTools.Demo;

/// <summary>The payload: a real kernel package of this distribution, fetched once through apt and kept in the user's cache.</summary>
internal static class KernelPackage
{
    /// <summary>The version that the demo gives to a file of the user's own.</summary>
    private const string UnknownUpstream = "as given";

    /// <exception cref="CommandFailure">apt knows no kernel package, or could not fetch it.</exception>
    public static async Task<Payload> FetchAsync(CancellationToken cancellation)
    {
        string name = await NameAsync(cancellation);
        string cache = CacheFolder();
        Directory.CreateDirectory(cache);
        if (Cached(cache, name) is { } kept) return kept;

        (int exit, string said) = await RunAsync("apt-get", ["download", "-qq", name], cache, cancellation);
        if (exit == 0 && Cached(cache, name) is { } fetched) return fetched;

        throw Missing($"apt could not fetch {name}: {said}");
    }

    /// <exception cref="CommandFailure">There is no such file.</exception>
    public static Payload FromFile(string path) => File.Exists(path)
        ? new Payload(Path.GetFullPath(path), UnknownUpstream)
        : throw CommandFailure.Environment("payload-missing", $"There is no file {path}.", "name a file that exists with --payload FILE");

    // linux-image-<architecture> depends on the image of the current ABI, which is the package with the bytes.
    private static async Task<string> NameAsync(CancellationToken cancellation)
    {
        (int known, string architecture) = await RunAsync("dpkg", ["--print-architecture"], Path.GetTempPath(), cancellation);
        if (known != 0) throw Missing($"dpkg does not tell the architecture: {architecture}");

        (int exit, string said) = await RunAsync("apt-cache", ["depends", $"linux-image-{architecture}"], Path.GetTempPath(), cancellation);
        string? image = said.Split('\n').Select(line => line.Trim())
            .Where(line => line.StartsWith("Depends: linux-image-", StringComparison.Ordinal))
            .Select(line => line["Depends: ".Length..]).FirstOrDefault();

        return exit == 0 && image is not null
            ? image
            : throw Missing("there are no package lists, so the current kernel image is not known");
    }

    private static Payload? Cached(string cache, string name)
    {
        string? file = Directory.EnumerateFiles(cache, name + "_*.deb").Order(StringComparer.Ordinal).LastOrDefault();
        return file is null ? null : new Payload(file, Path.GetFileNameWithoutExtension(file).Split('_')[1]);
    }

    private static CommandFailure Missing(string message) => CommandFailure.Environment(
        "no-kernel-package", message, "run `apt-get update` as root and try again, or name any file with --payload FILE");

    private static string CacheFolder()
    {
        string? configured = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        string root = string.IsNullOrEmpty(configured)
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache")
            : configured;
        return Path.Combine(root, "supplychain-demo");
    }

    private static async Task<(int Exit, string Said)> RunAsync(
        string program, string[] arguments, string folder, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Its words are read here, so they must not be translated.
        start.Environment["LC_ALL"] = "C.UTF-8";
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellation);
            string output = await process.StandardOutput.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return (process.ExitCode, (output + await errors).Trim());
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw Missing($"{program} cannot be started: {e.Message}");
        }
    }
}

/// <summary>A file to publish and what its makers call its version.</summary>
internal sealed record Payload(string Path, string UpstreamVersion)
{
    public string Name => System.IO.Path.GetFileName(Path);
    public long Size => new FileInfo(Path).Length;
}
