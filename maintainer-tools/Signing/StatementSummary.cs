using System.Globalization;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;

namespace SupplyChain.MaintainerTools.Signing;

/// <summary>A statement in a maintainer's words: what it says, and what signing it means.</summary>
/// <param name="Kind">One word.</param>
/// <param name="Rows">Label and value, in the order a reader needs them.</param>
/// <param name="Meaning">What happens if the group signs.</param>
internal sealed record StatementSummary(string Kind, IReadOnlyList<(string Label, string Value)> Rows, string Meaning)
{
    // 9999-12-31: the calendar of .NET ends there, statements do not.
    private const long LastSecond = 253_402_300_799;

    public static StatementSummary Of(Statement statement) => statement switch
    {
        Release release => OfRelease(release),
        Promotion promotion => OfPromotion(promotion),
        Revocation revocation => OfRevocation(revocation),
        Rotation rotation => OfRotation(rotation.Root),
        _ => throw new ArgumentException("Nobody signs this.", nameof(statement)),
    };

    private static StatementSummary OfRelease(Release release) => new("release",
    [
        ("network", release.Origin),
        ("product", release.Product),
        ("version", release.UpstreamVersion is { } upstream ? $"{release.Version} (upstream {upstream})" : release.Version.ToString()),
        ("sequence", Number(release.Sequence)),
        ("after", release.Sequence == 1 ? "nothing: the first release" : release.Previous.ToHex()),
        ("made", Time(release.Time)),
        ("severity", Words.Of(release.Severity)),
        ("payload", $"{Words.Of(release.Kind)}, {Words.Of(release.Format)}, for {Words.Of(release.Target)}"),
        .. release.Artifacts.SelectMany((artifact, i) => OfArtifact(i == 0 ? "installs" : "carries", artifact)),
    ],
    $"You say that these files are {release.Product} {release.Version}, for ever: no other files can bear this version. "
        + "Nothing is installed anywhere until a promotion names it.");

    private static IEnumerable<(string Label, string Value)> OfArtifact(string label, Artifact artifact) =>
    [
        (label, $"{artifact.Name}, {Number(artifact.Size)} bytes"),
        ("  sha256", artifact.Sha256.ToHex()),
        ("  fs-verity", artifact.FsVerity.ToHex()),
    ];

    private static StatementSummary OfPromotion(Promotion promotion) => new("promotion",
    [
        ("network", promotion.Origin),
        ("product", promotion.Product),
        ("channel", promotion.Channel),
        ("version", promotion.Version.ToString()),
        ("release", promotion.Release.ToHex()),
        ("after", promotion.Previous == Promotion.FirstPrevious(promotion.Origin, promotion.Product, promotion.Channel)
            ? "nothing: the channel's first promotion"
            : promotion.Previous.ToHex()),
        ("made", Time(promotion.Time)),
        .. promotion.Rollout.Steps.Select(step => ("rollout", string.Create(CultureInfo.InvariantCulture,
            $"{step.Permille / 10.0:0.#} % of machines after {TimeSpan.FromSeconds(step.After):c}"))),
    ],
    $"Machines on channel '{promotion.Channel}' will install {promotion.Product} {promotion.Version} by themselves. "
        + "The channel can never go back to a lower version, unless your key is marked as compromised.");

    private static StatementSummary OfRevocation(Revocation revocation) => new("revocation",
    [
        ("network", revocation.Origin),
        ("product", revocation.Product),
        ("version", revocation.Version.ToString()),
        ("release", revocation.Release.ToHex()),
        ("made", Time(revocation.Time)),
        ("reason", revocation.Reason),
        ("instead", revocation.Replacement?.ToString() ?? "nothing"),
    ],
    $"Nobody will install {revocation.Product} {revocation.Version} any more. This cannot be taken back, unless your key is marked as compromised.");

    private static StatementSummary OfRotation(TrustRoot root) => new("trust root",
    [
        ("network", root.Origin),
        ("version", Number(root.Version)),
        ("made", Time(root.Created)),
        ("expires", $"{Time(root.Expires)} (a warning only)"),
        ("nodes", string.Create(CultureInfo.InvariantCulture,
            $"{root.Quorum.Nodes}, of which {root.Quorum.Faulty} may be corrupt; {root.Quorum.Required} attest")),
        .. root.Nodes.SelectMany(OfNode),
        .. root.Roles.SelectMany(OfRole),
        .. root.Publishers.Select(publisher => ("publisher", publisher.ToHex())),
        ("freshness", string.Create(CultureInfo.InvariantCulture,
            $"attestations count for {root.Freshness.MaxAge} s, skew {root.Freshness.Skew} s, renewed every {root.Freshness.AttestEvery} s")),
    ],
    "You say that machines which are installed with this root believe these nodes and these keys. "
        + "Compare every key by another way."
        + (root.Roles.Any(role => role.Earlier.Any(earlier => earlier.CompromisedAfter is not null))
            ? " What a compromised key released or promoted after its log index counts as revoked everywhere, its revocations for nothing, and machines go back to what stands. "
                + "Revoke again with the new key, at once, what must not be installed. This cannot be taken back."
            : ""));

    private static IEnumerable<(string Label, string Value)> OfNode(NodeIdentity node) =>
    [
        ("node " + node.Name, $"{node.Url}, peers at {node.Peer}"),
        ("  attests", node.AttestationKey.ToHex()),
        ("  votes", node.VoteKey.ToHex()),
        ("  logs", node.LogKey.ToHex()),
        ("  transport", node.TransportPin.ToHex()),
    ];

    private static IEnumerable<(string Label, string Value)> OfRole(Role role) =>
    [
        ("role " + role.Name, string.Create(CultureInfo.InvariantCulture,
            $"{role.Threshold.Required} of {role.Threshold.Members} sign for {ProductsOf(role)}")),
        ("  key", role.Key.ToString()),
        .. role.Earlier.Select(earlier => ("  earlier", string.Create(CultureInfo.InvariantCulture,
            $"{earlier.Key}, for root versions {earlier.From} to {earlier.To}{MarkOf(earlier)}"))),
    ];

    private static string MarkOf(EarlierKey earlier) => earlier.CompromisedAfter is { } after
        ? string.Create(CultureInfo.InvariantCulture, $", COMPROMISED: verifies nothing after log index {after}")
        : "";

    private static string ProductsOf(Role role) => role.Products.Count == 0 ? "trust roots" : string.Join(", ", role.Products);

    private static string Time(long seconds) =>
        seconds <= LastSecond
            ? DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{seconds} s after 1970");

    private static string Number(ulong value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
