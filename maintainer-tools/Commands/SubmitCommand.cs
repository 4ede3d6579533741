using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using SupplyChain.MaintainerTools.Drafting;
using SupplyChain.MaintainerTools.Publishing;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.MaintainerTools.Commands;

/// <summary><c>share submit</c>: brings signed statements and their bytes into the network.</summary>
internal static class SubmitCommand
{
    public static Leaf Build()
    {
        var trustRoot = new Option<string>("--trust-root") { Description = "The network: the signed trust root.", Required = true };
        var publisher = new Option<string>("--publisher") { Description = "The sealed publisher key.", Required = true };
        var envelopes = new Option<string[]>("--envelope")
        {
            Description = "Signed statements, in the order in which they go in.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var artifacts = new Option<string[]>("--artifact")
        {
            Description = "The files that releases among them name.",
            AllowMultipleArgumentsPerToken = true,
        };
        var timeout = new Option<int>("--timeout")
        {
            Description = "Seconds to wait for a quorum's attestations of each statement.",
            HelpName = "S",
            DefaultValueFactory = _ => 120,
        };
        var descriptor = SecretOptions.PassphraseDescriptor();

        return new Leaf("submit", "Upload artifacts, hand statements in, and check that a quorum of nodes attests them.",
            "share submit --trust-root trust-root.json --publisher publisher.age --envelope envelope.json --artifact acme-1.2.0.tar",
            async (invocation, cancellation) =>
            {
                var root = EnvelopeFile.LoadTrustRoot(invocation.Get(trustRoot));
                Envelope[] signed = [.. invocation.Get(envelopes).Select(EnvelopeFile.Load)];
                using var passphrase = invocation.Passphrase(descriptor).Existing(invocation.Get(publisher));
                using var key = PublisherFile.Open(invocation.Get(publisher), passphrase);
                using var http = NodeClient.CreateHttp();
                var network = new Network(root, http, TimeProvider.System);
                var distribution = new Distribution(network, key, TimeProvider.System);
                var submission = new Submission(network, TimeProvider.System);

                await invocation.Screen.WithProgressAsync(async board =>
                {
                    var files = await MatchAsync(signed, invocation.Find(artifacts) ?? [], board, cancellation).ConfigureAwait(false);
                    await distribution.RunAsync(files, board, cancellation).ConfigureAwait(false);
                    return files.Count;
                }).ConfigureAwait(false);

                var patience = TimeSpan.FromSeconds(invocation.Get(timeout));
                var certified = await invocation.Screen.WithStatusAsync(async status =>
                {
                    var done = new List<Submission.Certified>();
                    foreach (var envelope in signed)
                    {
                        var deadline = DateTimeOffset.UtcNow + patience;
                        done.Add(await submission.RunAsync(envelope, deadline, status, cancellation).ConfigureAwait(false));
                    }

                    return done;
                }).ConfigureAwait(false);
                return Describe(certified);
            })
        { trustRoot, publisher, envelopes, artifacts, timeout, descriptor };
    }

    // Files are matched by content, so they may have any name here.
    private static async Task<List<(Artifact Artifact, string Path)>> MatchAsync(
        IEnumerable<Envelope> envelopes, IEnumerable<string> paths, ProgressBoard board, CancellationToken cancellation)
    {
        var named = envelopes.Select(envelope => Statement.TryRead(envelope, out var statement) ? statement : null)
            .OfType<Release>().SelectMany(release => release.Artifacts).ToList();
        var matched = new List<(Artifact, string)>();
        foreach (string path in paths)
        {
            var computed = await ArtifactDigester.ComputeAsync(path, board, cancellation).ConfigureAwait(false);
            var artifact = named.Find(one => one with { Name = computed.Name } == computed)
                ?? throw CommandFailure.Refused("artifact-unnamed",
                    $"{path} (sha256 {computed.Sha256.ToHex()}) is named by none of the releases.",
                    "give the file that was signed, or leave it out");
            matched.Add((artifact, path));
        }

        return matched;
    }

    private static Outcome Describe(IReadOnlyList<Submission.Certified> certified)
    {
        var json = new JsonObject
        {
            ["certified"] = Outcome.Array(certified.Select(one => new JsonObject
            {
                ["id"] = one.Id.ToHex(),
                ["index"] = one.Index,
                ["treeSize"] = one.Size,
                ["attestedBy"] = Outcome.Array(one.AttestedBy),
                ["milliseconds"] = (long)one.Took.TotalMilliseconds,
            })),
        };
        return new Outcome(json, screen =>
        {
            foreach (var one in certified)
            {
                screen.Line(string.Create(CultureInfo.InvariantCulture,
                    $"Statement {one.Id.ToHex()} is entry {one.Index} of {one.Size}, {one.Took.TotalSeconds:0.0} s after it was handed in;"));
                screen.Line($"  attested by {string.Join(", ", one.AttestedBy)}: checkpoint, map and inclusion checked here.");
            }
        });
    }
}
