using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Core.Ledger;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Simulation.Tests.World;

/// <summary>
/// What the publishers of every run submit, signed once for all of them: threshold signatures cost more than everything
/// else here.
/// </summary>
internal static class Publishers
{
    private const int Releases = 4;

    private static readonly TestNetwork Four = TestNetwork.Create(4);
    private static readonly TestNetwork Seven = TestNetwork.Create(7);

    // Verified signatures, remembered per thread across runs: a run's outcome does not depend on what is remembered.
    [ThreadStatic]
    private static Dictionary<int, LedgerState>? _genesis;

    /// <summary>Releases and promotions that follow each other; all of them must become final.</summary>
    public static IReadOnlyList<Envelope> Chain { get; }

    /// <summary>Two releases for the same place after the chain: one of them at most becomes final.</summary>
    public static IReadOnlyList<Envelope> Rivals { get; }

    /// <summary>
    /// Releases in the places of the true ones, signed by a role that may not: never to become final.
    /// </summary>
    public static IReadOnlyList<Envelope> Forgeries { get; }

    static Publishers()
    {
        var chain = new List<Envelope>();
        var forgeries = new List<Envelope>();
        Release? first = null, last = null;
        Promotion? promoted = null;
        for (ulong sequence = 1; sequence <= Releases; sequence++)
        {
            var forged = TestNetwork.ReleaseOf($"6.{sequence}.0", sequence, last?.Id());
            forgeries.Add(Four.RootHolders.Sign(forged));
            last = TestNetwork.ReleaseOf($"1.{sequence}.0", sequence, last?.Id());
            first ??= last;
            promoted = TestNetwork.PromotionOf(last, promoted?.Id());
            chain.Add(Four.Sign(last));
            chain.Add(Four.Sign(promoted));
        }

        chain.Add(Four.Sign(TestNetwork.RevocationOf(first!)));
        Chain = chain;
        Forgeries = forgeries;
        Rivals =
        [
            Four.Sign(TestNetwork.ReleaseOf("2.0.0", Releases + 1, last!.Id())),
            Four.Sign(TestNetwork.ReleaseOf("2.0.1", Releases + 1, last.Id())),
        ];
    }

    /// <summary>The nodes' keys and the trust root that names them.</summary>
    public static TestNetwork Network(int nodes) => nodes == 4 ? Four : Seven;

    /// <summary>The ledger every node begins with.</summary>
    public static LedgerState Genesis(int nodes)
    {
        _genesis ??= [];
        if (_genesis.TryGetValue(nodes, out var known)) return known;

        var network = Network(nodes);
        var signatures = new RoleSignatures(capacity: 1_024);
        return _genesis[nodes] = LedgerState.Genesis(network.Root, network.RootEnvelope, signatures).After;
    }

    public static IEnumerable<Digest> ArtifactsOf(ReadOnlyMemory<byte> entry) =>
        Envelope.TryRead(entry.Span, out var envelope)
        && Statement.TryRead(envelope, out var statement) && statement is Release release
            ? release.Artifacts.Select(artifact => artifact.Sha256)
            : [];
}
