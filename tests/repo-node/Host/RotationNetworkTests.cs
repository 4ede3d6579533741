using System.Net;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Trust;
using SupplyChain.Protocol.Verification;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Host;

/// <summary>What a rotation changes in four whole nodes, and what outlives their restart.</summary>
public sealed class RotationNetworkTests : IAsyncDisposable, IAsyncLifetime
{
    private static readonly byte[] Payload = ArtifactStoreTests.Pattern(5_000);
    private static readonly TestGroup NewRoot = new("root renewed"), NewKernel = new("kernel renewed");
    private static readonly Ed25519PrivateKey OtherPublisher = Ed25519PrivateKey.FromSeed(TestNetwork.Seed("other publisher"));

    private readonly LoopbackNetwork _nodes = new();

    private TestNetwork Network => _nodes.Network;

    public Task InitializeAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync() => _nodes.DisposeAsync();

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    [Fact]
    public async Task Two_rotations_are_certified_served_by_all_and_lead_an_agent_of_the_first_root_to_the_release()
    {
        await _nodes.StartAllAsync();
        var second = Network.Root.Next().WithKeyOf(Role.Root, NewRoot);
        await RotateAsync(second, Network.RootHolders, NewRoot);
        var third = second.Next().WithKeyOf(TestNetwork.RoleName, NewKernel) with { Publishers = [OtherPublisher.PublicKey] };
        await RotateAsync(third, NewRoot);

        Assert.Equal(HttpStatusCode.Forbidden, await UploadAsync(Network.Publisher));
        Assert.Equal(HttpStatusCode.Created, await UploadAsync(OtherPublisher));
        var release = LoopbackNetwork.ReleaseOf(Payload, "6.1.10");
        using (var old = await _nodes.SubmitAsync(0, release)) Assert.Equal(HttpStatusCode.UnprocessableEntity, old.StatusCode);
        using (var taken = await _nodes.SubmitAsync(0, NewKernel.Sign(release))) Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        var promotion = TestNetwork.PromotionOf(release);
        using (var taken = await _nodes.SubmitAsync(0, NewKernel.Sign(promotion))) Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);

        for (int node = 0; node < LoopbackNetwork.Size; node++)
        {
            await _nodes.WaitForAsync(node, promotion, "certified");
            var root = Network.Root;
            for (ulong version = 2; version <= 3; version++)
            {
                byte[] file = await _nodes.Clients[node].GetByteArrayAsync($"/trust/{version}.update");
                Assert.True(RootUpdate.Follow(root, file).TryGet(out var adopted, out var rejection), rejection?.ToString());
                root = adopted.Root;
            }

            byte[] bundle = await _nodes.Clients[node].GetByteArrayAsync($"/latest/{TestNetwork.Product}/{TestNetwork.Channel}");
            Assert.True(UpdateProof.TryRead(bundle, out var proof));
            var request = new UpdateRequest(TestNetwork.Product, TestNetwork.Channel);
            long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
            Assert.True(new UpdateVerifier(root).Verify(proof, request, now).TryGet(out var update, out var why), why?.ToString());
            Assert.Equal(release.Id(), update.ReleaseRow.Id);
            Assert.False(new UpdateVerifier(Network.Root).Verify(proof, request, now).TryGet(out _, out why));
            Assert.Equal(RejectionReason.RootOutdated, why.Reason);
            using var missing = await _nodes.Clients[node].GetAsync("/trust/4.update");
            Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        }
    }

    [Fact]
    public async Task A_node_that_starts_again_is_under_the_newest_root()
    {
        await _nodes.StartAllAsync();
        var second = Network.Root.Next() with { Publishers = [OtherPublisher.PublicKey] };
        await RotateAsync(second, Network.RootHolders);
        byte[] file = await _nodes.Clients[0].GetByteArrayAsync("/trust/2.update");

        await _nodes.StopAsync(0);
        await _nodes.StartAsync(0);
        Assert.Equal(file, await _nodes.Clients[0].GetByteArrayAsync("/trust/2.update"));
        Assert.Equal(HttpStatusCode.Forbidden, await UploadAsync(Network.Publisher));
        Assert.Equal(HttpStatusCode.Created, await UploadAsync(OtherPublisher));
        using var stale = await _nodes.SubmitAsync(0, (second with { Expires = second.Expires + 1 }).SignedBy(Network.RootHolders));
        Assert.Contains("stale", await stale.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task RotateAsync(TrustRoot next, params TestGroup[] signers)
    {
        using var taken = await _nodes.SubmitAsync(0, next.SignedBy(signers));
        Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        await _nodes.WaitForAsync(0, next.ToRotation(), "certified");
    }

    private async Task<HttpStatusCode> UploadAsync(Ed25519PrivateKey publisher)
    {
        using var answer = await _nodes.Clients[0].SendAsync(_nodes.Upload(Payload, publisher));
        return answer.StatusCode;
    }
}
