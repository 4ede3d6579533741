using System.Text;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Host;

/// <summary>
/// The small files of a node's folder, spoilt in every way that needs no special knowledge, and a folder whose permissions are wrong: a
/// stable name, what was seen, what to do, and the keys as they were.
/// </summary>
public sealed class Bad_node_files : IAsyncDisposable
{
    private static readonly Dictionary<string, Func<byte[], byte[]>> Spoilers = new()
    {
        ["cut off"] = good => good[..^1],
        ["a byte too long"] = good => [.. good, (byte)'\n'],
        ["too large"] = good => [.. good, .. new byte[1 << 20]],
        ["not UTF-8"] = good => [.. good[..2], 0xc3, 0x28, .. good[2..]],
        ["a field twice"] = good => [(byte)'{', .. FirstField(good), (byte)',', .. good[1..]],
        ["a field missing"] = good => [(byte)'{', .. good[(FirstField(good).Length + 2)..]],
        ["a field unknown"] = good => [.. "{\"x\":1,"u8, .. good[1..]],
        ["of another type"] = _ => "[]"u8.ToArray(),
        ["a value of another type"] = good => [.. good[..(good.AsSpan().IndexOf((byte)':') + 1)], .. "7,"u8, .. good[(FirstField(good).Length + 2)..]],
        ["a nesting bomb"] = _ => Encoding.ASCII.GetBytes(new string('[', 50_000)),
    };

    private readonly PreparedNode _node = new();

    public static TheoryData<string> Ways => [.. Spoilers.Keys];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Where_to_listen_spoilt_is_not_a_node(string how)
    {
        string[] secrets = _node.Secrets();
        Spoil(_node.Files.ListenAddresses, how);

        var ended = await NodeProgram.RunAsync(_node.Run);

        ended.AssertError(3, "not-a-node", _node.Files.ListenAddresses);
        Assert.Equal(secrets, _node.Secrets());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_description_spoilt_is_not_a_node(string how)
    {
        Spoil(_node.Files.Description, how);
        (await NodeProgram.RunAsync("status", "--data", _node.Files.Data, "--json")).AssertError(3, "not-a-node", _node.Files.Description);
    }

    [Fact]
    public async Task A_description_that_is_missing_is_not_a_node()
    {
        File.Delete(_node.Files.Description);
        (await NodeProgram.RunAsync("status", "--data", _node.Files.Data, "--json")).AssertError(3, "not-a-node", _node.Files.Description);
    }

    [NeedsRootFact]
    public async Task What_it_may_not_read_or_write_is_permission_denied()
    {
        string[] secrets = _node.Secrets();
        foreach (string file in (string[])[_node.Files.VoteKey, _node.Files.Journal, _node.Files.ListenAddresses, _node.TrustRoot])
        {
            var mode = File.GetUnixFileMode(file);
            File.SetUnixFileMode(file, UnixFileMode.None);
            (await NodeProgram.RunBoundByPermissionsAsync(_node.Run)).AssertError(3, "permission-denied", file);
            File.SetUnixFileMode(file, mode);
        }

        Assert.Equal(secrets, _node.Secrets());
    }

    [NeedsRootFact]
    public async Task A_place_where_it_may_make_nothing_gets_no_half_of_a_node()
    {
        using var folder = new TemporaryDirectory();
        string closed = Directory.CreateDirectory(folder["closed"], UnixFileMode.UserRead | UnixFileMode.UserExecute).FullName;

        var ended = await NodeProgram.RunBoundByPermissionsAsync(
            "init", "--name", "node-1", "--listen", "127.0.0.1:8001", "--data", Path.Combine(closed, "node"), "--json");

        ended.AssertError(3, "permission-denied", closed);
        Assert.Empty(Directory.GetFileSystemEntries(closed));
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private static void Spoil(string file, string how) => File.WriteAllBytes(file, Spoilers[how](File.ReadAllBytes(file)));

    // The first name and value of an object whose first value has no comma in it.
    private static byte[] FirstField(byte[] json) => json[1..Array.IndexOf(json, (byte)',')];
}
