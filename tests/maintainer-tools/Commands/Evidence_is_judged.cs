using SupplyChain.Protocol;
using SupplyChain.Protocol.Equivocation;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;
using SupplyChain.Tests.Kit;

namespace SupplyChain.MaintainerTools.Tests.Commands;

/// <summary><c>share audit evidence</c> names the culprit when a file convicts one, and nobody otherwise.</summary>
public sealed class Evidence_is_judged : IDisposable
{
    private static readonly TestNetwork Network = TestNetwork.Create();
    private static readonly TestNode Liar = Network.Nodes[3];
    private static readonly MemoryTree Tree = MemoryTree.Of(9);

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Two_roots_of_one_size_end_with_0_and_the_node_and_the_contradiction()
    {
        byte[] evidence = Evidence.OfOneSize(Liar.Identity, Signed(4, Digest.Of([1])), Signed(4, Digest.Of([2])))!.ToBytes();
        var json = await Judge(evidence, "--json");
        var plain = await Judge(evidence);

        Assert.Equal((0, "node-03"), (json.Code, json.Json.GetProperty("node").GetString()));
        Assert.Contains("two roots of size 4", json.Json.GetProperty("contradiction").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, plain.Code);
        Assert.StartsWith("Guilty: node-03 signed two roots of size 4", plain.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tree_that_is_no_prefix_ends_with_0()
    {
        var run = await Judge(OfTwoSizes(Digest.Of([1])).ToBytes(), "--json");

        Assert.Equal(0, run.Code);
        Assert.Contains("no prefix", run.Json.GetProperty("contradiction").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_proves_nothing_ends_with_4_and_accuses_nobody()
    {
        byte[] oneHistory = OfTwoSizes(Tree.RootAt(new TreeSize(4))).ToBytes();
        byte[] altered = Evidence.OfOneSize(Liar.Identity, Signed(4, Digest.Of([1])), Signed(4, Digest.Of([2])))!.ToBytes();
        altered[^1] ^= 1;
        var stranger = new TestNode(8);
        byte[] foreign = Evidence.OfOneSize(
            stranger.Identity, Signed(4, Digest.Of([1]), stranger), Signed(4, Digest.Of([2]), stranger))!.ToBytes();

        await AssertRefused("evidence-proves-nothing", oneHistory);
        await AssertRefused("evidence-signature-invalid", altered);
        await AssertRefused("evidence-unknown-node", foreign);
        await AssertRefused("evidence-malformed", "{}"u8.ToArray());
        await AssertRefused("evidence-malformed", []);
    }

    public void Dispose() => _folder.Dispose();

    private async Task AssertRefused(string name, byte[] evidence)
    {
        var run = await Judge(evidence, "--json");
        Assert.Equal((4, name), (run.Code, run.ErrorName));
    }

    private Task<ShareProgram.Run> Judge(byte[] evidence, params string[] options) => ShareProgram.RunAsync(
    [
        "audit", "evidence", _folder.File("a.evidence", evidence),
        "--trust-root", _folder.File("root.json", Network.RootEnvelope.ToBytes()), .. options,
    ]);

    private static Evidence OfTwoSizes(Digest smaller) => Evidence.OfTwoSizes(
        Liar.Identity, Signed(4, smaller), Signed(9, Tree.Root), Tree.RootAt(new TreeSize(4)),
        ProofBuilder.Consistency(Tree, new TreeSize(4), new TreeSize(9)));

    private static SignedCheckpoint Signed(ulong size, Digest root, TestNode? by = null)
    {
        var checkpoint = new Checkpoint(TestNetwork.Origin, new TreeSize(size), root);
        return SignedCheckpoint.OfCosignature(checkpoint, (by ?? Liar).Attest(checkpoint, TestNetwork.Created))!;
    }
}
