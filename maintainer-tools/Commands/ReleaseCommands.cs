using System.CommandLine;
using SupplyChain.MaintainerTools.Drafting;
using SupplyChain.MaintainerTools.Signing;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.MaintainerTools.Commands;

/// <summary><c>share release</c>: statements that bind a version to files.</summary>
internal static class ReleaseCommands
{
    public static Command Build() => new("release", "Write release statements.") { New() };

    private static Leaf New()
    {
        var options = new Options();
        return new Leaf("new", "Write the statement that these files are a version of a product.",
            "share release new --origin updates.example.org --product acme --version 1.2.0 --file acme-1.2.0.tar --kind tree --format tar "
            + "--trust-root trust-root.json --out statement.json",
            async (invocation, cancellation) =>
            {
                var release = await CreateAsync(invocation, options, cancellation).ConfigureAwait(false);
                return StatementOptions.Write(release, invocation.Get(options.Output));
            })
        {
            options.Origin, options.Product, options.Version, options.File, options.MoreFiles, options.Kind, options.Format,
            options.UpstreamVersion, options.Severity, options.Architecture, options.KernelRelease, options.BuildId,
            options.Sequence, options.Previous, options.Node, options.TrustRoot, options.Output,
        };
    }

    private static async Task<Release> CreateAsync(Invocation invocation, Options options, CancellationToken cancellation)
    {
        string origin = invocation.Get(options.Origin), product = invocation.Get(options.Product);
        var version = StatementOptions.ReadVersion(invocation.Get(options.Version));
        var kind = StatementOptions.ReadWord("--kind", invocation.Get(options.Kind), Words.Kinds);
        var format = StatementOptions.ReadWord("--format", invocation.Get(options.Format), Words.Formats);
        var severity = StatementOptions.ReadWord("--severity", invocation.Get(options.Severity), Words.Severities);
        var (sequence, previous) = await PositionAsync(invocation, options, origin, product, cancellation).ConfigureAwait(false);
        var artifacts = await invocation.Screen.WithProgressAsync(async board =>
        {
            var computed = new List<Artifact>();
            foreach (string path in (string[])[invocation.Get(options.File), .. invocation.Find(options.MoreFiles) ?? []])
                computed.Add(await ArtifactDigester.ComputeAsync(path, board, cancellation).ConfigureAwait(false));
            return computed;
        }).ConfigureAwait(false);

        return new Release
        {
            Origin = origin,
            Product = product,
            Version = version,
            UpstreamVersion = invocation.Find(options.UpstreamVersion),
            Sequence = sequence,
            Previous = previous,
            Time = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
            Severity = severity,
            Kind = kind,
            Format = format,
            Target = new Target(invocation.Find(options.Architecture), invocation.Find(options.KernelRelease), invocation.Find(options.BuildId)),
            Artifacts = artifacts,
        };
    }

    private static async Task<(ulong Sequence, Digest Previous)> PositionAsync(
        Invocation invocation, Options options, string origin, string product, CancellationToken cancellation)
    {
        if (invocation.Find(options.Sequence) is { } sequence)
        {
            if (sequence < 1) throw CommandFailure.Usage("sequence-invalid", "--sequence is below 1.", "a product's first release has 1");
            if (invocation.Find(options.Previous) is { } previous) return ((ulong)sequence, StatementOptions.ReadDigest("--previous", previous));
            if (sequence == 1) return (1, Release.FirstPrevious(origin, product));
        }

        var found = await StatementOptions.WithPositionAsync(invocation, options.Node, options.TrustRoot,
            position => position.NextReleaseAsync(origin, product, cancellation)).ConfigureAwait(false);
        return found ?? throw CommandFailure.Usage("position-missing", $"It is not said which release of {product} comes before this one.",
            "give --trust-root or --node to look it up, --sequence and --previous, or --sequence 1 for the first release");
    }

    private sealed class Options
    {
        public Option<string> Origin { get; } = StatementOptions.Origin();

        public Option<string> Product { get; } = StatementOptions.Product();

        public Option<string> Version { get; } = StatementOptions.Version();

        public Option<string> File { get; } = new("--file") { Description = "The payload, which is installed.", Required = true };

        public Option<string[]> MoreFiles { get; } = new("--more-file")
        {
            Description = "Another artifact, such as an SBOM.",
            AllowMultipleArgumentsPerToken = true,
        };

        public Option<string> Kind { get; } = new("--kind") { Description = "How it is installed: tree, livepatch, deb or hook.", Required = true };

        public Option<string> Format { get; } = new("--format") { Description = "What the payload is: file, tar or tar+zstd.", Required = true };

        public Option<string?> UpstreamVersion { get; } = new("--upstream-version") { Description = "What the upstream calls the version." };

        public Option<string> Severity { get; } = new("--severity")
        {
            Description = "low, medium, high or critical.",
            DefaultValueFactory = _ => "low",
        };

        public Option<string?> Architecture { get; } = new("--architecture") { Description = "Only for machines where `uname -m` says so." };

        public Option<string?> KernelRelease { get; } = new("--kernel-release") { Description = "Only for machines where `uname -r` says so." };

        public Option<string?> BuildId { get; } = new("--build-id") { Description = "Only for the kernel with this build id.", HelpName = "HEX" };

        public Option<long?> Sequence { get; } = new("--sequence") { Description = "Number of the release: 1 for the first, then one more each." };

        public Option<string?> Previous { get; } = StatementOptions.Previous();

        public Option<string?> Node { get; } = StatementOptions.Node();

        public Option<string?> TrustRoot { get; } = StatementOptions.TrustRoot();

        public Option<string> Output { get; } = StatementOptions.Output();
    }
}
