using SupplyChain.Protocol.Statements;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Simulation.Tests;

/// <summary>
/// What the publishers of every run submit, signed once for all of them: threshold signatures cost more than everything
/// else here.
/// </summary>
internal static class Statements
{
    private const int Releases = 5;

    public static TestNetwork Network { get; } = TestNetwork.Create();

    /// <summary>Releases and promotions that follow each other; all of them must become final.</summary>
    public static IReadOnlyList<Envelope> Chain { get; }

    /// <summary>Two releases for the same place after the chain: one of them at most becomes final.</summary>
    public static IReadOnlyList<Envelope> Rivals { get; }

    static Statements()
    {
        var chain = new List<Envelope>();
        Release? first = null, last = null;
        Promotion? promoted = null;
        for (ulong sequence = 1; sequence <= Releases; sequence++)
        {
            last = TestNetwork.ReleaseOf($"1.{sequence}.0", sequence, last?.Id());
            first ??= last;
            promoted = TestNetwork.PromotionOf(last, promoted?.Id());
            chain.Add(Network.Sign(last));
            chain.Add(Network.Sign(promoted));
        }

        chain.Add(Network.Sign(TestNetwork.RevocationOf(first!)));
        Chain = chain;
        Rivals =
        [
            Network.Sign(TestNetwork.ReleaseOf("2.0.0", Releases + 1, last!.Id())),
            Network.Sign(TestNetwork.ReleaseOf("2.0.1", Releases + 1, last.Id())),
        ];
    }
}
