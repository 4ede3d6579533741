namespace SupplyChain.Tests.Kit;

/// <summary>Where the source tree is: the nearest folder above the test assembly that holds the solution.</summary>
public static class RepositoryRoot
{
    public static string Path { get; } = Find();

    /// <summary>A path below the root.</summary>
    public static string Combine(params string[] parts) =>
        System.IO.Path.GetFullPath(System.IO.Path.Combine([Path, .. parts]));

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "SupplyChain.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException("The tests run from inside the source tree.");
    }
}
