using System.CommandLine;
using SupplyChain.MaintainerTools.Shares;
using SupplyChain.MaintainerTools.Signing;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.MaintainerTools.Commands;

/// <summary><c>share promote</c> and <c>share revoke</c>: what becomes of a release.</summary>
internal static class PromotionCommands
{
    public static Leaf BuildPromote()
    {
        var release = new ReleaseOptions();
        var channel = new Option<string>("--channel") { Description = "The channel that shall offer it, such as stable.", Required = true };
        var rollout = new Option<string?>("--rollout")
        {
            Description = "Share of machines over time: seconds:permille,… such as 0:10,86400:1000. Everybody at once when not given.",
        };
        var previous = StatementOptions.Previous();
        var first = new Option<bool>("--first") { Description = "It is the channel's first promotion." };
        var node = StatementOptions.Node();
        var trustRoot = StatementOptions.TrustRoot();

        return new Leaf("promote", "Write the statement that a channel offers a release.",
            "share promote --release statement.json --channel stable --trust-root trust-root.json --out promotion.json",
            async (invocation, cancellation) =>
            {
                var named = release.Read(invocation);
                string name = invocation.Get(channel);
                var before = await PreviousAsync().ConfigureAwait(false);
                return StatementOptions.Write(new Promotion
                {
                    Origin = named.Origin,
                    Product = named.Product,
                    Channel = name,
                    Version = named.Version,
                    Time = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
                    Rollout = invocation.Find(rollout) is { } text ? ReadRollout(text) : Rollout.Everyone,
                    Previous = before,
                    Release = named.Id,
                }, invocation.Get(release.Output));

                async Task<Digest> PreviousAsync()
                {
                    if (invocation.Find(previous) is { } hex) return StatementOptions.ReadDigest("--previous", hex);
                    if (invocation.Get(first)) return Promotion.FirstPrevious(named.Origin, named.Product, name);

                    return await StatementOptions.WithPositionAsync(invocation, node, trustRoot,
                            position => position.NextPromotionAsync(named.Origin, named.Product, name, cancellation)).ConfigureAwait(false)
                        ?? throw CommandFailure.Usage("position-missing", $"It is not said what channel '{name}' offered before.",
                            "give --trust-root or --node to look it up, --previous, or --first");
                }
            })
        {
            release.File, release.Origin, release.Product, release.Version, release.Id,
            channel, rollout, previous, first, node, trustRoot, release.Output,
        };
    }

    public static Leaf BuildRevoke()
    {
        var release = new ReleaseOptions();
        var reason = new Option<string>("--reason") { Description = "Why, for everybody to read.", Required = true };
        var replacement = new Option<string?>("--replacement") { Description = "The version to go to instead." };

        return new Leaf("revoke", "Write the statement that nobody shall install a release any more. It cannot be taken back.",
            "share revoke --release statement.json --reason \"loses data on upgrade\" --replacement 1.2.1 --out revocation.json", (invocation, _) =>
            {
                var named = release.Read(invocation);
                return Task.FromResult(StatementOptions.Write(new Revocation
                {
                    Origin = named.Origin,
                    Product = named.Product,
                    Version = named.Version,
                    Time = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
                    Reason = invocation.Get(reason),
                    Replacement = invocation.Find(replacement) is { } version ? StatementOptions.ReadVersion(version) : null,
                    Release = named.Id,
                }, invocation.Get(release.Output)));
            })
        {
            release.File, release.Origin, release.Product, release.Version, release.Id, reason, replacement, release.Output,
        };
    }

    private static Rollout ReadRollout(string text)
    {
        var steps = new List<RolloutStep>();
        foreach (string step in text.Split(','))
        {
            int colon = step.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || !StrictDecimal.TryDecode(step.AsSpan(..colon), out ulong after)
                || !StrictDecimal.TryDecode(step.AsSpan(colon + 1), out ulong permille) || permille > 1000)
            {
                throw CommandFailure.Usage("rollout-malformed", $"'{step}' is no step of a rollout.",
                    "write seconds:permille, such as 0:10,86400:1000");
            }

            steps.Add(new RolloutStep(after, (int)permille));
        }

        return new Rollout(steps);
    }

    /// <summary>Which release is meant: its statement, or what one would have to know of it.</summary>
    private sealed class ReleaseOptions
    {
        public Option<string?> File { get; } = new("--release")
        {
            Description = "The release's statement; it says all that the next four would.",
            HelpName = "FILE",
        };

        public Option<string?> Origin { get; } = new("--origin") { Description = "The network's name." };

        public Option<string?> Product { get; } = new("--product") { Description = "The product." };

        public Option<string?> Version { get; } = new("--version") { Description = "The release's version." };

        public Option<string?> Id { get; } = new("--release-id") { Description = "The release's id.", HelpName = "HEX" };

        public Option<string> Output { get; } = StatementOptions.Output();

        public NamedRelease Read(Invocation invocation)
        {
            if (invocation.Find(File) is { } path)
            {
                return SigningRequest.ReadStatement(DurableFile.Read(path, Limits.MaxEntrySize), path) is Release release
                    ? new NamedRelease(release.Origin, release.Product, release.Version, release.Id())
                    : throw CommandFailure.Usage("release-expected", $"{path} is not a release.",
                        "give the statement that `share release new` wrote");
            }

            if (invocation.Find(Origin) is { } origin && invocation.Find(Product) is { } product
                && invocation.Find(Version) is { } version && invocation.Find(Id) is { } id)
            {
                return new NamedRelease(origin, product, StatementOptions.ReadVersion(version), StatementOptions.ReadDigest("--release-id", id));
            }

            throw CommandFailure.Usage("release-missing", "It is not said which release is meant.",
                "give --release FILE, or --origin, --product, --version and --release-id");
        }
    }

    private sealed record NamedRelease(string Origin, string Product, ReleaseVersion Version, Digest Id);
}
