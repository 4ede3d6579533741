namespace SupplyChain.MaintainerTools.Tests.Commands;

/// <summary>Numbers that no command can work with: a usage error that names the option, and nothing written.</summary>
public sealed class Numbers_out_of_range : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("--expires-days", "-1")]
    [InlineData("--expires-days", "0")]
    [InlineData("--expires-days", "36501")]
    [InlineData("--expires-days", "2147483647")]
    [InlineData("--expires-days", "99999999999")]
    [InlineData("--expires-days", "soon")]
    public async Task Of_a_trust_root_are_usage_errors(string option, string value)
    {
        string[] first = ["new", "--origin", "example.org", "--node", "n.json", "--role", "root=g.json", "--publisher", new string('0', 64)];
        string[] next = ["rotate", "--trust-root", "root.json"];
        foreach (string[] command in (string[][])[first, next])
            await AssertUsageAsync(option, value, ["trust", .. command, "--out", _folder.In("statement.json")]);
    }

    [Theory]
    [InlineData("--work-factor", "9")]
    [InlineData("--work-factor", "21")]
    [InlineData("--work-factor", "2147483647")]
    [InlineData("--work-factor", "hard")]
    public Task Of_a_secret_are_usage_errors(string option, string value) =>
        AssertUsageAsync(option, value, ["id", "new", "--name", "dora", "--out", _folder.In("dora")]);

    [Theory]
    [InlineData("--timeout", "99999999999")]
    [InlineData("--timeout", "long")]
    public Task Of_a_submission_are_usage_errors(string option, string value) =>
        AssertUsageAsync(option, value, ["submit", "--trust-root", "root.json", "--publisher", "p.age", "--envelope", "e.json"]);

    public void Dispose() => _folder.Dispose();

    private async Task AssertUsageAsync(string option, string value, string[] command)
    {
        var run = await ShareProgram.RunAsync([.. command, option, value, "--json"]);

        Assert.Equal((2, "usage"), (run.Code, run.ErrorName));
        var error = run.Json.GetProperty("error");
        Assert.Contains(option, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("--help", error.GetProperty("hint").GetString(), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }
}
