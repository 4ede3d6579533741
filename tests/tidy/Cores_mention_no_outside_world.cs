using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace SupplyChain.Tidy.Tests;

/// <summary>
/// Reads the compiled assemblies of libraries and cores: no type or member of files, network, clocks, threads or
/// randomness may be mentioned, in a signature or in a body.
/// </summary>
public class Cores_mention_no_outside_world
{
    private static readonly string[] ForbiddenNamespaces =
    [
        "System.IO", "System.Net", "System.Threading", "System.Diagnostics.Tracing", "System.Timers", "Microsoft.Win32",
        "Microsoft.AspNetCore", "Microsoft.Extensions", "Serilog", "Microsoft.Data",
    ];

    private static readonly string[] ForbiddenTypes =
    [
        "System.Console", "System.Random", "System.TimeProvider", "System.Diagnostics.Process", "System.Diagnostics.Stopwatch",
        "System.Security.Cryptography.RandomNumberGenerator", "Org.BouncyCastle.Security.SecureRandom",
    ];

    private static readonly string[] ForbiddenMembers =
    [
        "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today",
        "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow", "System.Guid.NewGuid",
    ];

    // An iterator asks for the thread's number to know whether it may reuse itself.
    private const string OfTheCompiler = "System.Environment.get_CurrentManagedThreadId";

    [Theory]
    [InlineData("SupplyChain.ThresholdSig.dll")]
    [InlineData("SupplyChain.Protocol.dll")]
    [InlineData("SupplyChain.RepoNode.Core.dll")]
    [InlineData("SupplyChain.UpdaterAgent.Core.dll")]
    public void In_a_compiled_core(string assembly) => Assert.Empty(ForbiddenMentions(assembly));

    [Fact]
    public void And_this_test_can_fail() => Assert.NotEmpty(ForbiddenMentions("repo-node.dll"));

    private static List<string> ForbiddenMentions(string assembly)
    {
        using var portable = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, assembly)));
        MetadataReader metadata = portable.GetMetadataReader();

        IEnumerable<string> types = metadata.TypeReferences.Select(handle => NameOf(metadata, handle))
            .Where(name => ForbiddenTypes.Contains(name) || ForbiddenNamespaces.Any(ns => name.StartsWith(ns + ".", StringComparison.Ordinal)));

        IEnumerable<string> members = metadata.MemberReferences.Select(handle => metadata.GetMemberReference(handle))
            .Where(member => member.Parent.Kind == HandleKind.TypeReference)
            .Select(member => NameOf(metadata, (TypeReferenceHandle)member.Parent) + "." + metadata.GetString(member.Name))
            .Where(name => ForbiddenMembers.Contains(name)
                || (name.StartsWith("System.Environment.", StringComparison.Ordinal) && name != OfTheCompiler));

        return [.. types.Concat(members).Distinct().Order(StringComparer.Ordinal)];
    }

    private static string NameOf(MetadataReader metadata, TypeReferenceHandle handle)
    {
        TypeReference type = metadata.GetTypeReference(handle);
        string name = metadata.GetString(type.Name);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? NameOf(metadata, (TypeReferenceHandle)type.ResolutionScope) + "+" + name
            : metadata.GetString(type.Namespace) + "." + name;
    }
}
