using System.Reflection;
using System.Text.RegularExpressions;
using SupplyChain.Fuzz.Tests.Readers;

namespace SupplyChain.Fuzz.Tests;

/// <summary>
/// Looks through the product's assemblies for methods that take bytes or text from outside, and asks for each that it is
/// fuzzed or excused. Parts that read on from a <c>ref</c> reader are reached through the whole they belong to; private
/// methods, through those that are not.
/// </summary>
public sealed partial class Every_reader_is_registered
{
    private static readonly Assembly[] Product =
    [
        typeof(ThresholdSig.Bls.Signature).Assembly, typeof(Protocol.Digest).Assembly,
        typeof(RepoNode.Core.Consensus.JournalRecord).Assembly, typeof(RepoNode.Peers.PeerFrame).Assembly,
        typeof(UpdaterAgent.Core.Installation.InstallJournal).Assembly, typeof(UpdaterAgent.State.AgentConfig).Assembly,
        typeof(MaintainerTools.Shares.AgeFile).Assembly,
    ];

    private static readonly Type[] Outside =
    [
        typeof(ReadOnlySpan<byte>), typeof(ReadOnlyMemory<byte>), typeof(byte[]), typeof(Stream), typeof(ReadOnlySpan<char>), typeof(string),
        typeof(HttpResponseMessage), typeof(Microsoft.AspNetCore.Http.HttpRequest),
    ];

    [Fact]
    public void Or_is_excused_with_a_reason()
    {
        HashSet<string> covered = [.. AllReaders.All.SelectMany(reader => reader.Covers).Select(method => NameOf(method.Type, method.Method))];
        string[] missing = [.. Discovered().Where(name => !covered.Contains(name) && !Excused.Readers.ContainsKey(name))];

        Assert.True(missing.Length == 0, $"neither in Readers/*Readers.cs nor in Readers/Excused.cs: {string.Join(", ", missing)}");
    }

    [Fact]
    public void And_what_is_registered_or_excused_exists()
    {
        HashSet<string> discovered = [.. Discovered()];
        Assert.All(Excused.Readers.Keys, name => Assert.Contains(name, discovered));
        Assert.All(AllReaders.All.SelectMany(reader => reader.Covers), method =>
            Assert.NotEmpty(method.Type.GetMember(method.Method, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance)));
    }

    [Fact]
    public void Once_under_a_name_that_a_file_can_have()
    {
        Assert.Equal(AllReaders.All.Count, AllReaders.All.DistinctBy(reader => reader.Name).Count());
        Assert.All(AllReaders.All, reader => Assert.Matches("^[a-z0-9.-]+$", reader.Name));
    }

    private static IEnumerable<string> Discovered() =>
        (from assembly in Product
         from type in assembly.GetTypes()
         where type.FullName!.StartsWith("SupplyChain.", StringComparison.Ordinal)
             && !type.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute), inherit: false)
         from method in type.GetMethods(
             BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly)
         where !method.IsPrivate && !method.IsAbstract && ReaderName().IsMatch(method.Name)
             && method.GetParameters().Any(parameter => Outside.Contains(parameter.ParameterType))
             && !method.GetParameters().Any(parameter => parameter.ParameterType.IsByRef && !parameter.IsOut)
         select NameOf(type, method.Name)).Distinct().Order(StringComparer.Ordinal);

    private static string NameOf(Type type, string method) => $"{type.FullName!["SupplyChain.".Length..].Replace('+', '.')}.{method}";

    [GeneratedRegex(@"^(Try(Read|Parse|Decode|Open|Import)\w*|Read\w*|Parse\w*|Find)$")]
    private static partial Regex ReaderName();
}
