using System.Net;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Equivocation;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;
using SupplyChain.RepoNode.Storage;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Host;

/// <summary>A running node takes evidence from anybody, keeps what it proves, and shows it.</summary>
public sealed class EvidenceApiTests(NodeApiTests.Running running) : IClassFixture<NodeApiTests.Running>
{
    private LoopbackNetwork Nodes => running.Nodes;

    [Fact]
    public async Task What_holds_is_kept_shown_and_there_after_a_restart()
    {
        byte[] evidence = Against(1, [1], [2]);
        using var answer = await PostAsync(0, evidence);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.StartsWith(
            """{"node":"node-01","contradiction":"signed two roots of size 9""", await answer.Content.ReadAsStringAsync(),
            StringComparison.Ordinal);

        Assert.Equal(evidence, await Nodes.Clients[0].GetByteArrayAsync("/evidence/node-01"));
        Assert.Contains("node-01", await Nodes.Clients[0].GetStringAsync("/evidence"), StringComparison.Ordinal);
        var kept = new EvidenceStore(Nodes.FilesOf(0), Nodes.Network.Root);
        Assert.Equal(evidence, kept.Of(1)!.Evidence.ToBytes());
    }

    [Fact]
    public async Task One_proof_against_a_node_is_enough()
    {
        byte[] first = Against(2, [1], [2]);
        using (await PostAsync(1, first)) { }
        using var second = await PostAsync(1, Against(2, [3], [4]));

        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal(first, await Nodes.Clients[1].GetByteArrayAsync("/evidence/node-02"));
        Assert.Single(Directory.GetFiles(Nodes.FilesOf(1).Evidence));
    }

    [Fact]
    public async Task What_proves_nothing_is_refused_by_its_name_and_not_kept()
    {
        byte[] altered = Against(3, [1], [2]);
        altered[^1] ^= 1;
        await AssertProblemAsync(altered, HttpStatusCode.UnprocessableEntity, "evidence-signature-invalid");
        await AssertProblemAsync([1, 2, 3], HttpStatusCode.BadRequest, "malformed");
        await AssertProblemAsync([], HttpStatusCode.BadRequest, "malformed");
        await AssertProblemAsync(new byte[Limits.MaxEvidenceSize + 1], HttpStatusCode.RequestEntityTooLarge, "too-large");

        Assert.Equal("""{"evidence":[]}""", await Nodes.Clients[2].GetStringAsync("/evidence"));
        foreach (string node in new[] { "node-03", "nobody", "..%2f..%2fsigning" })
        {
            using var none = await Nodes.Clients[2].GetAsync($"/evidence/{node}");
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        }
    }

    private byte[] Against(int node, byte[] one, byte[] other)
    {
        var liar = Nodes.Network.Nodes[node];
        return Evidence.OfOneSize(Nodes.Network.Root.Nodes[node], Signed(one), Signed(other))!.ToBytes();

        SignedCheckpoint Signed(byte[] tree)
        {
            var checkpoint = new Checkpoint(TestNetwork.Origin, new TreeSize(9), Digest.Of(tree));
            return SignedCheckpoint.OfCosignature(checkpoint, liar.Attest(checkpoint, TestNetwork.Created))!;
        }
    }

    private async Task<HttpResponseMessage> PostAsync(int node, byte[] evidence) =>
        await Nodes.Clients[node].PostAsync("/evidence", new ByteArrayContent(evidence));

    private async Task AssertProblemAsync(byte[] evidence, HttpStatusCode status, string name)
    {
        using var answer = await PostAsync(2, evidence);
        Assert.Equal(status, answer.StatusCode);
        Assert.Contains($":{name}\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
