using System.Security.Cryptography;
using System.Text;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;

namespace SupplyChain.Tests.Kit;

/// <summary>
/// A network with all its secrets, the same in every run: nodes, the roles <c>kernel</c> (which owns <see cref="Product"/>)
/// and <c>root</c>, a publisher, and a trust root that they all stand in.
/// </summary>
public sealed class TestNetwork
{
    public const string Origin = "updates.example.org/test";
    public const string Product = "linux";
    public const string Channel = "stable";
    public const string RoleName = "kernel";

    /// <summary>When the trust root was made: 2026-01-01.</summary>
    public const long Created = 1_767_225_600;

    // Signing shares take long to make, and nobody changes them.
    private static readonly TestGroup SharedRoot = new("root"), SharedKernel = new("kernel");

    private TestNetwork(int nodes, Func<NodeIdentity, NodeIdentity> place, Freshness freshness)
    {
        Nodes = [.. Enumerable.Range(0, nodes).Select(index => new TestNode(index))];
        Root = new TrustRoot
        {
            Version = 1,
            Origin = Origin,
            Created = Created,
            Expires = Created + 365 * 86_400,
            Nodes = [.. Nodes.Select(node => place(node.Identity))],
            Roles = [RoleOf(RoleName, Maintainers, [Product]), RoleOf(Role.Root, RootHolders, [])],
            Publishers = [Publisher.PublicKey],
            Freshness = freshness,
        };
        RootEnvelope = RootHolders.Sign(Root.ToRotation());
    }

    public IReadOnlyList<TestNode> Nodes { get; }

    /// <summary>Hold the key of the role <c>kernel</c>.</summary>
    public TestGroup Maintainers { get; } = SharedKernel;

    /// <summary>Hold the key of the role <c>root</c>.</summary>
    public TestGroup RootHolders { get; } = SharedRoot;

    public Ed25519PrivateKey Publisher { get; } = Ed25519PrivateKey.FromSeed(Seed("publisher"));

    public TrustRoot Root { get; }

    /// <summary>Entry 0 of the log.</summary>
    public Envelope RootEnvelope { get; }

    /// <param name="nodes">3f+1.</param>
    /// <param name="place">Gives nodes other addresses, pins or keys, for tests that open connections.</param>
    /// <param name="freshness">Ten minutes, cosigned every minute, unless told.</param>
    public static TestNetwork Create(
        int nodes = 4, Func<NodeIdentity, NodeIdentity>? place = null, Freshness? freshness = null) =>
        new(nodes, place ?? (identity => identity), freshness ?? new Freshness(MaxAge: 600, Skew: 30, AttestEvery: 60));

    /// <summary>32 bytes that depend on the text alone.</summary>
    public static byte[] Seed(string text) => SHA256.HashData(Encoding.UTF8.GetBytes($"test network {text}"));

    /// <summary>A release with one artifact, whose bytes are those of its name.</summary>
    public static Release ReleaseOf(string version, ulong sequence = 1, Digest? previous = null) => new()
    {
        Origin = Origin,
        Product = Product,
        Version = Version(version),
        Sequence = sequence,
        Previous = previous ?? Release.FirstPrevious(Origin, Product),
        Time = Created + 1_000 * (long)sequence,
        Severity = Severity.High,
        Kind = PayloadKind.Tree,
        Format = PayloadFormat.File,
        Artifacts = [ArtifactOf($"linux-{version}.bin")],
    };

    /// <summary>The promotion of a release to <see cref="Channel"/>.</summary>
    public static Promotion PromotionOf(Release release, Digest? previous = null) => new()
    {
        Origin = Origin,
        Product = release.Product,
        Channel = Channel,
        Version = release.Version,
        Time = release.Time + 100,
        Previous = previous ?? Promotion.FirstPrevious(Origin, release.Product, Channel),
        Release = release.Id(),
    };

    public static Revocation RevocationOf(Release release) => new()
    {
        Origin = Origin,
        Product = release.Product,
        Version = release.Version,
        Time = release.Time + 200,
        Reason = "test",
        Release = release.Id(),
    };

    /// <summary>What an agent remembers of a version whose release stands right before its promotion in the log.</summary>
    public static VerifiedVersion VerifiedOf(string version, ulong promotion = 3, ulong root = 1) =>
        new(Version(version), new LogPlace(promotion, root), new LogPlace(promotion - 1, root));

    public static ReleaseVersion Version(string text) => ReleaseVersion.TryParse(text, out var version)
        ? version
        : throw new ArgumentException("No version.", nameof(text));

    public static Artifact ArtifactOf(string name)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        return new Artifact(name, Digest.Of(bytes), Digest.Of([.. "fsverity"u8, .. bytes]), (ulong)bytes.Length);
    }

    /// <summary>The entry of a statement: signed by the role that must, or by nobody.</summary>
    public Envelope Sign(Statement statement) => statement switch
    {
        Release or Promotion or Revocation => Maintainers.Sign(statement),
        Rotation => RootHolders.Sign(statement),
        _ => Envelope.Of(statement.ToPayload()),
    };

    /// <summary>The checkpoint as node 0 serves it, attested by the first <paramref name="signers"/> nodes, q unless told.</summary>
    public byte[] Certify(Checkpoint checkpoint, long time, int? signers = null) =>
        Note(checkpoint, [.. Nodes.Take(signers ?? Root.Quorum.Required).Select(node => node.Attest(checkpoint, time))]);

    /// <summary>The checkpoint as node 0 serves it, with these cosignatures.</summary>
    public byte[] Note(Checkpoint checkpoint, params IEnumerable<NoteSignature> cosignatures) =>
        new SignedNote(checkpoint.ToText(), [Nodes[0].SignAsLog(checkpoint), .. cosignatures]).Encode();

    /// <summary>A role with no earlier keys.</summary>
    public static Role RoleOf(string name, TestGroup group, IReadOnlyList<string> products) =>
        new(name, group.Key.PublicKey, group.Key.Threshold, products, []);
}
