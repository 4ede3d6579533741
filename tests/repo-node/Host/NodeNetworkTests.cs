using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Verification;
using SupplyChain.RepoNode.Storage;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Host;

/// <summary>Four whole nodes with real connections, clocks and disks.</summary>
public sealed class NodeNetworkTests : IAsyncDisposable, IAsyncLifetime
{
    private const string Latest = $"/latest/{TestNetwork.Product}/{TestNetwork.Channel}";

    private static readonly byte[] Payload = ArtifactStoreTests.Pattern(1_300_000);

    private readonly LoopbackNetwork _nodes = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync() => _nodes.DisposeAsync();

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    [Fact]
    public async Task A_release_handed_to_one_node_is_certified_by_all_and_an_agent_accepts_the_proof()
    {
        await _nodes.StartAllAsync();
        var release = LoopbackNetwork.ReleaseOf(Payload, "6.1.10");
        await PublishAsync(0, release);
        var promotion = TestNetwork.PromotionOf(release);
        Assert.True((await _nodes.SubmitAsync(2, promotion)).IsSuccessStatusCode);
        for (int node = 0; node < LoopbackNetwork.Size; node++) await _nodes.WaitForAsync(node, promotion, "certified");

        var verifier = new UpdateVerifier(_nodes.Network.Root);
        for (int node = 0; node < LoopbackNetwork.Size; node++)
        {
            byte[] bundle = await _nodes.Clients[node].GetByteArrayAsync($"{Latest}?from=2");
            Assert.True(UpdateProof.TryRead(bundle, out var proof));
            Assert.Equal(new TreeSize(2), proof.Consistency!.OldSize);
            Assert.True(SignedNote.TryParse(proof.Note.Span, out var note));
            Assert.True(LogSignature.Verify(
                _nodes.Network.Root.Nodes[node].LogVerifier(TestNetwork.Origin), note.Text, note.Signatures[0]));
            Assert.True(verifier.Certify(proof.Note.Span, Now).TryGet(out _, out var rejection), rejection?.ToString());

            // Every node has fetched the bytes from the one that had them; the last may still be at it when the others have certified.
            string artifact = $"/artifact/sha256/{release.Artifacts[0].Sha256}";
            await LoopbackNetwork.EventuallyAsync(async () =>
            {
                using var answer = await _nodes.Clients[node].GetAsync(artifact);
                byte[] served = await answer.Content.ReadAsByteArrayAsync();
                return answer.IsSuccessStatusCode && served.AsSpan().SequenceEqual(Payload);
            });
        }
    }

    [Fact]
    public async Task An_idle_network_makes_no_blocks()
    {
        await _nodes.StartAllAsync();
        await PublishAsync(0, LoopbackNetwork.ReleaseOf(Payload, "6.1.10"));
        await Task.Delay(500);
        ulong height = await HeightAsync();
        await Task.Delay(1_500);

        Assert.Equal(height, await HeightAsync());
        Assert.InRange(height, 1UL, 3UL);
    }

    [Fact]
    public async Task Three_nodes_go_on_without_the_fourth_and_it_catches_up()
    {
        await _nodes.StartAllAsync();
        await _nodes.WaitForCertifiedAsync(0);
        await _nodes.StopAsync(1);

        var release = LoopbackNetwork.ReleaseOf(Payload, "6.1.10");
        await PublishAsync(0, release);
        await _nodes.WaitForAsync(0, release, "certified");

        await _nodes.StartAsync(1);
        await _nodes.WaitForAsync(1, release, "certified");
    }

    [Fact]
    public async Task A_release_from_the_log_that_is_handed_in_again_makes_no_node_look_at_its_artifacts()
    {
        await _nodes.StartAllAsync();
        var release = LoopbackNetwork.ReleaseOf(Payload, "6.1.10");
        await PublishAsync(0, release);
        File.Delete(Path.Combine(_nodes.FilesOf(0).Artifacts, release.Artifacts[0].Sha256.ToHex()));

        using var again = await _nodes.SubmitAsync(0, release);

        Assert.Equal(System.Net.HttpStatusCode.Accepted, again.StatusCode);
    }

    [Fact]
    public async Task Keys_without_their_journal_never_sign_again()
    {
        File.Delete(_nodes.FilesOf(0).Journal);

        await Assert.ThrowsAsync<JournalDamagedException>(() => _nodes.StartAsync(0));
    }

    [Fact]
    public async Task A_node_that_starts_again_has_the_same_history()
    {
        await _nodes.StartAllAsync();
        var release = LoopbackNetwork.ReleaseOf(Payload, "6.1.10");
        await PublishAsync(3, release);
        await _nodes.WaitForAsync(3, release, "certified");
        var before = await CheckpointAsync(3);
        byte[] entries = await _nodes.Clients[3].GetByteArrayAsync(EntriesOf(before));

        await _nodes.StopAsync(3);
        await _nodes.StartAsync(3);
        await _nodes.StopAsync(3);
        await _nodes.StartAsync(3);

        // The last certified checkpoint is there at once, before anybody has cosigned again.
        Assert.Equal(before, await CheckpointAsync(3));
        Assert.Equal(entries, await _nodes.Clients[3].GetByteArrayAsync(EntriesOf(before)));

        var next = LoopbackNetwork.ReleaseOf(Payload, "6.1.11", 2, release.Id());
        Assert.True((await _nodes.SubmitAsync(3, next)).IsSuccessStatusCode);
        await _nodes.WaitForAsync(3, next, "certified");
        var after = await CheckpointAsync(3);
        byte[] bundle = await _nodes.Clients[3].GetByteArrayAsync($"{Latest}?from={before.Size}");
        Assert.True(UpdateProof.TryRead(bundle, out var proof));
        Assert.True(proof.Consistency!.Verify(before.Root, after.Root));
        Assert.Null(proof.Channel.Value);
    }

    [Fact]
    public async Task Two_releases_of_the_same_number_do_not_both_become_final()
    {
        await _nodes.StartAllAsync();
        var one = LoopbackNetwork.ReleaseOf(Payload, "6.1.10");
        var other = LoopbackNetwork.ReleaseOf(Payload, "6.1.11");
        Assert.True((await _nodes.Clients[0].SendAsync(_nodes.Upload(Payload))).IsSuccessStatusCode);
        Assert.True((await _nodes.Clients[1].SendAsync(_nodes.Upload(Payload, node: 1))).IsSuccessStatusCode);
        await Task.WhenAll(_nodes.SubmitAsync(0, one), _nodes.SubmitAsync(1, other));

        await LoopbackNetwork.EventuallyAsync(async () => (await CheckpointAsync(2)).Size.Value == 4);
        byte[] row = await _nodes.Clients[2].GetByteArrayAsync($"/map/{MapKey.Product(TestNetwork.Product)}");
        Assert.True(MapAnswer.TryRead(row, out var answer));
        Assert.True(ProductRow.TryRead(answer.Row.Value!.Value.Span, out var product));
        Assert.Contains(product.Id, new[] { one.Id(), other.Id() });
        Assert.Equal(1UL, product.Sequence);
    }

    private static long Now => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    private static string EntriesOf(Checkpoint checkpoint) => "/" + new EntryBundle(0, (int)checkpoint.Size.Value).Path;

    private async Task PublishAsync(int node, Protocol.Statements.Release release)
    {
        using var uploaded = await _nodes.Clients[node].SendAsync(_nodes.Upload(Payload, node: node));
        Assert.Equal(System.Net.HttpStatusCode.Created, uploaded.StatusCode);
        using var taken = await _nodes.SubmitAsync(node, release);
        Assert.Equal(System.Net.HttpStatusCode.Accepted, taken.StatusCode);
        await _nodes.WaitForAsync(node, release, "certified");
    }

    private async Task<ulong> HeightAsync()
    {
        Assert.True(Api.NodeStatus.TryRead(await _nodes.Clients[0].GetByteArrayAsync("/healthz"), out var status));
        return status.Height;
    }

    private async Task<Checkpoint> CheckpointAsync(int node)
    {
        byte[] note = await _nodes.Clients[node].GetByteArrayAsync("/checkpoint");
        Assert.True(SignedNote.TryParse(note, out var signed));
        Assert.True(Checkpoint.TryParse(signed.Text, out var checkpoint));
        return checkpoint;
    }
}
