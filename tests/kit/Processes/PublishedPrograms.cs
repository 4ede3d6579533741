namespace SupplyChain.Tests.Kit.Processes;

/// <summary>Programs of the product as their users get them: Release, compiled ahead, the agent in one trimmed file.</summary>
public static class PublishedPrograms
{
    public const string Share = "maintainer-tools", RepoNode = "repo-node/host", UpdaterAgent = "updater-agent/host";

    /// <summary>Builds them apart from the tree's own output, which others may be using, and from servers that stay behind.</summary>
    /// <param name="folder">Where the programs go.</param>
    /// <param name="cancellation">Ends the build.</param>
    /// <param name="projects">Which, by the names above.</param>
    /// <exception cref="InvalidOperationException">One could not be published; the message has the build's words.</exception>
    public static async Task PublishAsync(string folder, CancellationToken cancellation, params IReadOnlyList<string> projects)
    {
        var work = Directory.CreateTempSubdirectory("supplychain-publish-");
        try
        {
            foreach (string project in projects)
            {
                await HostProgram.RunAsync(
                    RepositoryRoot.Path, "dotnet",
                    ["publish", project, "-c", "Release", "-r", "linux-x64", "-o", folder, "--artifacts-path", work.FullName, "-v", "q", "--nologo",
                        "-nodeReuse:false", "-p:UseSharedCompilation=false"],
                    cancellation);
            }
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }
}
