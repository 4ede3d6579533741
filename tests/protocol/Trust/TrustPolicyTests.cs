using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Trust;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Protocol.Tests.Trust;

/// <summary>The file of C2SP tlog-policy that other people's verifiers read.</summary>
public sealed class TrustPolicyTests
{
    private static readonly TrustRoot Root = TestNetwork.Create().Root;

    private static readonly string[][] Lines =
        [.. TrustPolicy.Write(Root).Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(' '))];

    [Fact]
    public void Every_node_is_a_log_under_the_networks_name()
    {
        var logs = Lines.Where(line => line[0] == "log").ToArray();
        Assert.Equal(Root.Nodes.Select(node => node.Url), logs.Select(line => line[2]));
        Assert.All(logs.Zip(Root.Nodes), pair =>
        {
            Assert.True(VerifierKey.TryParse(pair.First[1], out var key));
            Assert.Equal((TestNetwork.Origin, NoteKeyType.Ed25519, pair.Second.LogKey), (key.Name, key.Type, key.PublicKey));
        });
    }

    [Fact]
    public void Every_node_is_a_witness_by_its_attestation_key()
    {
        var witnesses = Lines.Where(line => line[0] == "witness").ToArray();
        Assert.Equal(Root.Nodes.Select(node => "node/" + node.Name), witnesses.Select(line => line[1]));
        Assert.All(witnesses.Zip(Root.Nodes), pair =>
        {
            Assert.True(VerifierKey.TryParse(pair.First[2], out var key));
            Assert.Equal((pair.Second.Name, NoteKeyType.Cosignature, pair.Second.AttestationKey), (key.Name, key.Type, key.PublicKey));
        });
    }

    [Fact]
    public void The_quorum_is_q_of_all_nodes_and_defined_before_it_is_used()
    {
        Assert.Equal(["group", "quorum", "3", .. Root.Nodes.Select(node => "node/" + node.Name)], Lines[^2]);
        Assert.Equal(["quorum", "quorum"], Lines[^1]);
    }

    [Fact]
    public void A_node_of_any_name_breaks_nothing()
    {
        var renamed = Root with { Nodes = [.. Root.Nodes.Zip(["all", "any", "none", "quorum"], (node, name) => node with { Name = name })] };
        Assert.Null(renamed.InvalidField);
        Assert.EndsWith("group quorum 3 node/all node/any node/none node/quorum\nquorum quorum\n", TrustPolicy.Write(renamed), StringComparison.Ordinal);
    }
}
