using Xunit;

namespace SupplyChain.Tests.Kit;

/// <summary>
/// A fact over a set of the published vectors beside the repository; skipped, and says so, where they are not.
/// </summary>
public sealed class SharedVectorsFactAttribute : FactAttribute
{
    /// <param name="set">The folder's name, such as <c>merkle</c>.</param>
    public SharedVectorsFactAttribute(string set)
    {
        Set = set;
        Skip = SharedVectors.WhyAbsent(set)!;
    }

    public string Set { get; }
}

/// <summary>
/// A theory over a set of the published vectors beside the repository; skipped, and says so, where they are not.
/// </summary>
public sealed class SharedVectorsTheoryAttribute : TheoryAttribute
{
    /// <param name="set">The folder's name, such as <c>merkle</c>.</param>
    public SharedVectorsTheoryAttribute(string set)
    {
        Set = set;
        Skip = SharedVectors.WhyAbsent(set)!;
    }

    public string Set { get; }
}

/// <summary>The published vectors beside the repository.</summary>
public static class SharedVectors
{
    /// <summary>The folder of one set, whether it is there or not.</summary>
    public static string Folder(string set) => RepositoryRoot.Combine("..", "shared", "vectors", set);

    internal static string? WhyAbsent(string set) =>
        Directory.Exists(Folder(set)) ? null : $"the published vectors '{set}' are not at ../shared/vectors";
}
