using System.Text.Json;
using SupplyChain.Tests.Kit;

namespace SupplyChain.ThresholdSig.Tests;

/// <summary>The published vectors in <c>tests/vectors</c>.</summary>
internal static class Vectors
{
    public static JsonElement Json(string path) =>
        JsonDocument.Parse(File.ReadAllBytes(RepositoryRoot.Combine("tests", "vectors", path))).RootElement;

    public static string[] Lines(string path) => File.ReadAllLines(RepositoryRoot.Combine("tests", "vectors", path));
}
