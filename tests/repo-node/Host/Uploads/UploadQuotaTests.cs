using Microsoft.Extensions.Logging.Abstractions;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Keys;
using SupplyChain.RepoNode.Operations.Fetching;
using SupplyChain.RepoNode.Operations.Joining;
using SupplyChain.RepoNode.Operations.Uploads;
using SupplyChain.RepoNode.Storage;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Host.Uploads;

/// <summary>What a publisher may leave on a node's disk, and for how long.</summary>
public sealed class UploadQuotaTests : IDisposable
{
    private const long MiB = 1 << 20;

    private static readonly UploadLimits Limits = new(10 * MiB, TimeSpan.FromHours(48));

    private readonly TemporaryDirectory _directory = new();
    private readonly Ed25519PrivateKey _publisher = Ed25519PrivateKey.FromSeed(TestNetwork.Seed("publisher 1"));
    private readonly Ed25519PrivateKey _other = Ed25519PrivateKey.FromSeed(TestNetwork.Seed("publisher 2"));
    private readonly ArtifactStore _store;
    private readonly ArtifactFetcher _fetcher;
    private readonly Holdings _holdings;
    private readonly OwnTime _time = new();
    private NodeDatabase _database;

    public UploadQuotaTests()
    {
        _store = new ArtifactStore(_directory.Path);
        _fetcher = new ArtifactFetcher(_store, [], TimeProvider.System, NullLogger<ArtifactFetcher>.Instance);
        _holdings = new Holdings(_store, _fetcher);
        _database = new NodeDatabase(_directory["state.db"]);
    }

    public void Dispose()
    {
        _database.Dispose();
        _fetcher.Dispose();
        _publisher.Dispose();
        _other.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void A_publisher_has_its_share_and_no_more()
    {
        var quota = Quota();

        Assert.True(quota.TryCharge(_publisher.PublicKey, Digest.Of([1]), 6 * MiB));
        Assert.False(quota.TryCharge(_publisher.PublicKey, Digest.Of([2]), 5 * MiB));
        Assert.True(quota.TryCharge(_publisher.PublicKey, Digest.Of([2]), 4 * MiB));

        // Every range of an upload asks again; others have shares of their own.
        Assert.True(quota.TryCharge(_publisher.PublicKey, Digest.Of([1]), 6 * MiB));
        Assert.True(quota.TryCharge(_other.PublicKey, Digest.Of([1]), 10 * MiB));
    }

    [Fact]
    public void An_upload_that_grows_under_way_is_charged_as_what_it_is()
    {
        var quota = Quota();

        Assert.True(quota.TryCharge(_publisher.PublicKey, Digest.Of([1]), 1 * MiB));
        Assert.False(quota.TryCharge(_publisher.PublicKey, Digest.Of([1]), 11 * MiB));
        Assert.True(quota.TryCharge(_publisher.PublicKey, Digest.Of([1]), 10 * MiB));
        Assert.False(quota.TryCharge(_publisher.PublicKey, Digest.Of([2]), 1));
    }

    [Fact]
    public void Small_uploads_are_not_free()
    {
        var quota = Quota();

        Assert.All(Enumerable.Range(0, 10), i => Assert.True(quota.TryCharge(_publisher.PublicKey, Digest.Of([(byte)i]), 0)));
        Assert.False(quota.TryCharge(_publisher.PublicKey, Digest.Of([10]), 0));
    }

    [Fact]
    public void What_is_charged_outlasts_a_restart()
    {
        Assert.True(Quota().TryCharge(_publisher.PublicKey, Digest.Of([1]), 10 * MiB));
        _database.Dispose();
        _database = new NodeDatabase(_directory["state.db"]);

        Assert.False(Quota().TryCharge(_publisher.PublicKey, Digest.Of([2]), 1));
    }

    [Fact]
    public void What_a_final_release_names_is_free()
    {
        var quota = Quota();
        var released = ArtifactStoreTests.StatedOf([1]);
        Assert.True(quota.TryCharge(_publisher.PublicKey, released.Sha256, 10 * MiB));

        _holdings.Note([released]);

        Assert.True(quota.TryCharge(_publisher.PublicKey, Digest.Of([2]), 10 * MiB));
        CleanUp(quota);
        Assert.Equal(Digest.Of([2]), Assert.Single(quota.Charged).Sha256);
    }

    [Fact]
    public async Task What_no_statement_took_up_is_forgotten_after_its_time()
    {
        var quota = Quota();
        byte[] whole = await UploadAsync(quota, 5_000), begun = ArtifactStoreTests.Pattern(6_000);
        Assert.True(quota.TryCharge(_publisher.PublicKey, Digest.Of(begun), begun.Length));
        using (var part = _store.TryUpload(Digest.Of(begun))!) await part.AppendAsync(begun.AsMemory(0, 100), default);

        CleanUp(quota);
        Assert.NotNull(_store.Find(Digest.Of(whole)));

        _time.Ahead = Limits.Keep + TimeSpan.FromHours(1);
        CleanUp(quota);
        Assert.All(Directory.EnumerateFiles(_directory.Path), path => Assert.Contains("state.db", path, StringComparison.Ordinal));
        Assert.Empty(quota.Charged);
        Assert.True(quota.TryCharge(_publisher.PublicKey, Digest.Of([2]), 10 * MiB));
    }

    [Fact]
    public async Task What_is_under_way_is_not_forgotten()
    {
        var quota = Quota();
        byte[] bytes = await UploadAsync(quota, 5_000);
        _time.Ahead = Limits.Keep + TimeSpan.FromHours(1);

        using (_store.TryUpload(Digest.Of(bytes))) CleanUp(quota);

        Assert.NotNull(_store.Find(Digest.Of(bytes)));
        Assert.Single(quota.Charged);
    }

    [Fact]
    public async Task What_was_asked_for_lately_is_not_forgotten()
    {
        var quota = Quota();
        byte[] bytes = await UploadAsync(quota, 5_000);
        _time.Ahead = TimeSpan.FromHours(2);
        File.SetLastWriteTimeUtc(_store.Find(Digest.Of(bytes))!.Path, DateTime.UtcNow - Limits.Keep - TimeSpan.FromHours(1));
        _database.SaveUpload(quota.Charged[0] with { Time = 1 });
        quota = Quota();

        Assert.True(_store.Holds(ArtifactStoreTests.StatedOf(bytes)));
        CleanUp(quota);

        Assert.NotNull(_store.Find(Digest.Of(bytes)));
    }

    [Fact]
    public async Task What_a_waiting_statement_names_is_not_forgotten()
    {
        var quota = Quota();
        byte[] bytes = await UploadAsync(quota, 5_000);
        var envelope = TestNetwork.Create().Sign(LoopbackNetwork.ReleaseOf(bytes, "6.1.10"));
        _database.AddSubmission(envelope.Id, envelope.ToBytes());
        _time.Ahead = Limits.Keep + TimeSpan.FromHours(1);

        CleanUp(quota);
        Assert.NotNull(_store.Find(Digest.Of(bytes)));

        _database.RefuseSubmission(envelope.Id, "stale");
        CleanUp(quota);
        Assert.Null(_store.Find(Digest.Of(bytes)));
    }

    [Theory]
    [InlineData(false, 5)]
    [InlineData(true, 6)]
    public async Task Nothing_is_forgotten_by_a_node_that_does_not_know_what_is_final(bool maySign, ulong knownHeight)
    {
        var quota = Quota();
        byte[] bytes = await UploadAsync(quota, 5_000);
        _time.Ahead = Limits.Keep + TimeSpan.FromHours(1);

        CleanUp(quota, new Progress(maySign, 5, knownHeight, 0, 0));

        Assert.NotNull(_store.Find(Digest.Of(bytes)));
    }

    private UploadQuota Quota() => new(_database, _holdings, Limits, _time);

    private void CleanUp(UploadQuota quota, Progress? progress = null)
    {
        progress ??= new Progress(true, 5, 5, 0, 0);
        new UploadCleanup(quota, _store, _holdings, _database, () => progress, _time, NullLogger<UploadCleanup>.Instance).Run();
    }

    private async Task<byte[]> UploadAsync(UploadQuota quota, int size)
    {
        byte[] bytes = ArtifactStoreTests.Pattern(size);
        Assert.True(quota.TryCharge(_publisher.PublicKey, Digest.Of(bytes), size));
        await ArtifactStoreTests.WriteAsync(_store, bytes);
        return bytes;
    }

    private sealed class OwnTime : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
