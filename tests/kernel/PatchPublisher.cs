using System.Security.Cryptography;
using System.Text;
using SupplyChain.MaintainerTools.Demo;
using SupplyChain.MaintainerTools.Demo.Cast;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Artifacts;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;
using SupplyChain.Tests.Kit;
using Release = SupplyChain.Protocol.Statements.Release;

namespace SupplyChain.Kernel.Tests;

/// <summary>A livepatch to publish on a channel of its own.</summary>
/// <param name="Channel">Where it is promoted.</param>
/// <param name="Version">Of the release; higher with each.</param>
/// <param name="Module">The file.</param>
/// <param name="KernelRelease">The target's.</param>
/// <param name="BuildId">The target's.</param>
internal sealed record PatchOffer(string Channel, string Version, string Module, string KernelRelease, string BuildId);

/// <summary>
/// Four nodes on this machine's loopback, and everything that publishing to them takes. Nodes and uploads are the
/// product's programs. The maintainers sign in here, each with a share of a key: ceremonies have tests of their own.
/// </summary>
internal sealed class PatchPublisher : IAsyncDisposable
{
    public const string Product = "kernel-livepatch";

    /// <summary>Seconds for which an attestation counts: so few that a test can wait until one is too old.</summary>
    public const int MaxAge = 60;

    private const string Origin = "updates.example.org/kernel-test";
    private const int Year = 365 * 86_400;

    private readonly string _folder;
    private readonly Stage _stage = new(CancellationToken.None);
    private readonly TestGroup _maintainers = new("kernel"), _rootHolders = new("root");
    private readonly string _publisher;
    private readonly string _passphrase = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private readonly long _now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
    private readonly Dictionary<string, Release> _published = [];

    private PatchPublisher(string folder)
    {
        _folder = folder;
        _publisher = Path.Combine(folder, "publisher.age");
        Network = new NodeNetwork(folder, _stage);
    }

    public NodeNetwork Network { get; }

    /// <summary>Founds the network and starts its nodes.</summary>
    public static async Task<PatchPublisher> FoundAsync(string folder)
    {
        var publisher = new PatchPublisher(folder);
        try
        {
            await publisher.Network.InitialiseAsync();
            await publisher.WriteTrustRootAsync();
            await publisher.Network.StartAsync();
            return publisher;
        }
        catch
        {
            await publisher.DisposeAsync();
            throw;
        }
    }

    /// <summary>Signs releases and promotions, uploads the modules, and waits until all of it is certified.</summary>
    public async Task PublishAsync(IReadOnlyList<PatchOffer> offers)
    {
        var previous = Release.FirstPrevious(Origin, Product);
        var statements = new List<Statement>();
        for (int i = 0; i < offers.Count; i++)
        {
            var release = ReleaseOf(offers[i], (ulong)i + 1, previous);
            statements.AddRange([release, PromotionOf(release, offers[i].Channel)]);
            _published.Add(offers[i].Channel, release);
            previous = release.Id();
        }

        await SubmitAsync(statements, [.. offers.Select(offer => offer.Module).Distinct()]);
    }

    /// <summary>Withdraws what a channel offers, and waits until that is certified.</summary>
    public Task RevokeAsync(string channel)
    {
        var release = _published[channel];
        return SubmitAsync([new Revocation
        {
            Origin = Origin,
            Product = Product,
            Version = release.Version,
            Time = _now,
            Reason = "withdrawn by a test",
            Release = release.Id(),
        }], []);
    }

    /// <summary>Behind the nodes' backs, puts another text of the same length into what a channel offers.</summary>
    public void ChangeOnEveryNode(string channel, string text, string other)
    {
        for (int node = 0; node < NodeNetwork.Nodes; node++)
        {
            string file = Path.Combine(Network.DataOf(node), "artifacts", "sha256", _published[channel].Artifacts[0].Sha256.ToHex());
            byte[] bytes = File.ReadAllBytes(file);
            int place = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(text));
            Assert.True(place >= 0 && other.Length == text.Length);
            Encoding.ASCII.GetBytes(other).CopyTo(bytes, place);
            File.WriteAllBytes(file, bytes);
        }
    }

    public ValueTask DisposeAsync() => Network.DisposeAsync();

    private async Task SubmitAsync(IReadOnlyList<Statement> statements, IReadOnlyList<string> artifacts)
    {
        var folder = Directory.CreateTempSubdirectory("supplychain-envelopes-");
        try
        {
            var envelopes = new List<string>();
            foreach (var statement in statements)
            {
                envelopes.Add(Path.Combine(folder.FullName, $"{envelopes.Count:00}.envelope.json"));
                await File.WriteAllBytesAsync(envelopes[^1], _maintainers.Sign(statement).ToBytes());
            }

            await _stage.RunAsync(
                ChildProgram.Share,
                ["submit", "--trust-root", Network.TrustRoot, "--publisher", _publisher,
                 .. artifacts.SelectMany(artifact => new[] { "--artifact", artifact }),
                 .. envelopes.SelectMany(envelope => new[] { "--envelope", envelope }), "--passphrase-fd", "0", "--json"],
                ExitCode.Done, _passphrase);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task WriteTrustRootAsync()
    {
        ChildResult made = await _stage.ShareAsync(
            ["publisher", "new", "--out", _publisher, "--work-factor", Maintainers.WorkFactor, "--passphrase-fd", "0", "--json"], _passphrase);
        Assert.True(Ed25519PublicKey.TryRead(Convert.FromHexString(made.Json.GetProperty("publisher").GetString()!), out var publisher));
        var root = new TrustRoot
        {
            Version = 1,
            Origin = Origin,
            Created = _now,
            Expires = _now + Year,
            Nodes = [.. Enumerable.Range(0, NodeNetwork.Nodes).Select(IdentityOf)],
            Roles =
            [
                new("kernel", _maintainers.Key.PublicKey, _maintainers.Key.Threshold, [Product], []),
                new(Role.Root, _rootHolders.Key.PublicKey, _rootHolders.Key.Threshold, [], []),
            ],
            Publishers = [publisher],
            Freshness = new Freshness(MaxAge, Skew: 30, AttestEvery: 10),
        };
        await File.WriteAllBytesAsync(Network.TrustRoot, _rootHolders.Sign(root.ToRotation()).ToBytes());
    }

    private NodeIdentity IdentityOf(int node)
    {
        Assert.True(NodeIdentity.TryRead(File.ReadAllBytes(Network.IdentityOf(node)), out var identity));
        return identity;
    }

    private Release ReleaseOf(PatchOffer offer, ulong sequence, Digest previous)
    {
        byte[] module = File.ReadAllBytes(offer.Module);
        return new Release
        {
            Origin = Origin,
            Product = Product,
            Version = TestNetwork.Version(offer.Version),
            Sequence = sequence,
            Previous = previous,
            Time = _now,
            Severity = Severity.High,
            Kind = PayloadKind.Livepatch,
            Format = PayloadFormat.File,
            Target = new Target("x86_64", offer.KernelRelease, offer.BuildId),
            Artifacts = [new(Path.GetFileName(offer.Module), Digest.Of(module), VerityHasher.Compute(module).Digest, (ulong)module.Length)],
        };
    }

    private static Promotion PromotionOf(Release release, string channel) => new()
    {
        Origin = Origin,
        Product = Product,
        Channel = channel,
        Version = release.Version,
        Time = release.Time,
        Previous = Promotion.FirstPrevious(Origin, Product, channel),
        Release = release.Id(),
    };
}
