using System.Collections.Immutable;
using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;

namespace SupplyChain.RepoNode.Core.Ledger;

/// <param name="Place">Of its entry.</param>
/// <param name="Version">Of the release.</param>
/// <param name="Row">What the product's row was after it.</param>
internal sealed record LoggedRelease(LogPlace Place, ReleaseVersion Version, ProductRow Row);

/// <param name="Channel">Of the product.</param>
/// <param name="Row">What the channel's row was after it.</param>
internal sealed record LoggedPromotion(string Channel, ChannelRow Row);

/// <param name="Place">Of its entry.</param>
/// <param name="Version">Of the release it revoked.</param>
internal sealed record LoggedRevocation(LogPlace Place, ReleaseVersion Version);

/// <summary>What one product's role signed, newest first.</summary>
internal sealed record ProductHistory(
    ImmutableStack<LoggedRelease> Releases, ImmutableStack<LoggedPromotion> Promotions, ImmutableStack<LoggedRevocation> Revocations)
{
    public static ProductHistory Empty { get; } = new([], [], []);
}

/// <summary>
/// What the map's rows were before their present values: what they go back to when a rotation marks a key as compromised
/// (docs/protocol.md §3). It follows from the log's entries alone, so whoever executes or replays them has the same. Immutable,
/// and states share it; one small record for each release, promotion and revocation.
/// </summary>
internal sealed class StatementHistory
{
    private readonly ImmutableDictionary<string, ProductHistory> _products;

    private StatementHistory(ImmutableDictionary<string, ProductHistory> products) => _products = products;

    public static StatementHistory Empty { get; } =
        new(ImmutableDictionary.Create<string, ProductHistory>(StringComparer.Ordinal));

    public ProductHistory Of(string product) => _products.GetValueOrDefault(product, ProductHistory.Empty);

    public StatementHistory With(Release release, LogPlace place, ProductRow row)
    {
        var before = Of(release.Product);
        var made = new LoggedRelease(place, release.Version, row);
        return With(release.Product, before with { Releases = before.Releases.Push(made) });
    }

    public StatementHistory With(Promotion promotion, ChannelRow row)
    {
        var before = Of(promotion.Product);
        var made = new LoggedPromotion(promotion.Channel, row);
        return With(promotion.Product, before with { Promotions = before.Promotions.Push(made) });
    }

    public StatementHistory With(Revocation revocation, LogPlace place)
    {
        var before = Of(revocation.Product);
        var made = new LoggedRevocation(place, revocation.Version);
        return With(revocation.Product, before with { Revocations = before.Revocations.Push(made) });
    }

    private StatementHistory With(string product, ProductHistory history) => new(_products.SetItem(product, history));
}
