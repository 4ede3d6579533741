using System.Security.Cryptography;
using System.Text.Json;
using SupplyChain.MaintainerTools.Terminal;

namespace SupplyChain.MaintainerTools.Demo.Cast;

/// <summary>The release engineer's desk: writes statements, has them signed, and hands them in with a publisher's key.</summary>
internal sealed class ReleaseDesk(string folder, Payload payload, Maintainers maintainers, NodeNetwork network, Stage stage)
{
    /// <summary>How long an attestation counts here: short, so that going stale fits into a demonstration.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(10);

    private readonly string _publisher = Path.Combine(folder, "publisher.age");
    private readonly string _passphrase = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>Makes the publisher's key and a trust root that names it, the nodes and the group key, signed by the group.</summary>
    public async Task FoundAsync()
    {
        ChildResult publisher = await stage.ShareAsync(["publisher", "new", "--out", _publisher, "--work-factor", Maintainers.WorkFactor, "--passphrase-fd", "0", "--json"], _passphrase);
        string statement = Path.Combine(folder, "trust-root.statement.json");
        await stage.ShareAsync(["trust", "new", "--origin", Release.Origin,
            .. Enumerable.Range(0, NodeNetwork.Nodes).SelectMany(node => new[] { "--node", network.IdentityOf(node) }),
            "--role", $"root={maintainers.GroupFile}", "--role", $"{Release.Role}={maintainers.GroupFile}:{Release.Product}",
            "--publisher", publisher.Json.GetProperty("publisher").GetString()!,
            "--max-age", $"{MaxAge.TotalSeconds}", "--skew", "5", "--attest-every", "2", "--out", statement]);
        File.Move(await maintainers.SignAsync(statement), network.TrustRoot);
    }

    /// <summary>Writes the statement of the next release.</summary>
    /// <returns>Its file.</returns>
    public async Task<string> NewReleaseAsync(string version)
    {
        string statement = ReleaseOf(version);
        await stage.ShareAsync(["release", "new", "--origin", Release.Origin, "--product", Release.Product, "--version", version,
            "--upstream-version", payload.UpstreamVersion, "--kind", "tree", "--format", "file", "--file", payload.Path,
            "--trust-root", network.TrustRoot, "--out", statement]);
        return statement;
    }

    /// <summary>Revokes a published version, and waits until that is certified.</summary>
    public async Task RevokeAsync(string version)
    {
        string revocation = Path.Combine(folder, $"revocation-{version}.json");
        await stage.ShareAsync(["revoke", "--release", ReleaseOf(version), "--reason", "the demo needs a revoked release", "--out", revocation]);
        await SubmitAsync([await maintainers.SignAsync(revocation)], ExitCode.Done, withPayload: false);
    }

    /// <summary>Releases a version, promotes it to the channel, and waits until both are certified.</summary>
    /// <returns>From handing in to certified, the sum of both.</returns>
    public async Task<TimeSpan> PublishAsync(string version)
    {
        string release = await NewReleaseAsync(version);
        string promotion = Path.Combine(folder, $"promotion-{version}.json");
        await stage.ShareAsync(["promote", "--release", release, "--channel", Release.Channel,
            "--trust-root", network.TrustRoot, "--out", promotion]);
        string[] envelopes = [await maintainers.SignAsync(release), await maintainers.SignAsync(promotion)];
        JsonElement submitted = (await SubmitAsync(envelopes, ExitCode.Done)).Json;
        return TimeSpan.FromMilliseconds(submitted.GetProperty("certified").EnumerateArray().Sum(one => one.GetProperty("milliseconds").GetInt64()));
    }

    /// <summary>Hands envelopes in; the program must end with the given code.</summary>
    public Task<ChildResult> SubmitAsync(IEnumerable<string> envelopes, ExitCode expected, bool withPayload = true) => stage.RunAsync(
        ChildProgram.Share,
        ["submit", "--trust-root", network.TrustRoot, "--publisher", _publisher,
         .. withPayload ? ["--artifact", payload.Path] : Array.Empty<string>(),
         .. envelopes.SelectMany(envelope => new[] { "--envelope", envelope }), "--passphrase-fd", "0", "--json"],
        expected, _passphrase);

    private string ReleaseOf(string version) => Path.Combine(folder, $"release-{version}.json");
}
