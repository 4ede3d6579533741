using System.CommandLine;
using System.Text.Json.Nodes;
using SupplyChain.MaintainerTools.Publishing;
using SupplyChain.MaintainerTools.Signing;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Trust;

namespace SupplyChain.MaintainerTools.Commands;

/// <summary><c>share trust</c>: whom machines believe.</summary>
internal static class TrustCommands
{
    public static Command Build() => new("trust", "Trust roots: the nodes, roles and publishers of a network.") { New(), Show(), Policy() };

    private static Leaf New()
    {
        var origin = StatementOptions.Origin();
        var nodes = new Option<string[]>("--node")
        {
            Description = "A node.json of an operator, once per node: 4, 7, 10, … of them.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var roles = new Option<string[]>("--role")
        {
            Description = "NAME=group.json:product,product for each role; root=group.json for the one that signs trust roots.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var publishers = new Option<string[]>("--publisher")
        {
            Description = "A key that may upload.",
            HelpName = "HEX",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var maxAge = Seconds("--max-age", "How long an attestation counts.", 600);
        var skew = Seconds("--skew", "How far ahead of a machine's clock an attestation may be.", 60);
        var attestEvery = Seconds("--attest-every", "How often nodes attest again when nothing is new.", 60);
        var expires = new Option<int>("--expires-days")
        {
            Description = "Days until machines warn that the root is old.",
            DefaultValueFactory = _ => 365,
        };
        var output = StatementOptions.Output();

        return new Leaf("new", "Write the first trust root of a network, to be signed by its root role with `share sign`.",
            "share trust new --origin updates.example.org --node n1.json n2.json n3.json n4.json --role root=root/group.json "
            + "--role acme=acme/group.json:acme --publisher 6e1c… --out statement.json",
            (invocation, _) =>
            {
                var draft = new TrustRootDraft(
                    invocation.Get(origin),
                    [.. invocation.Get(nodes).Select(NodeFile.Load)],
                    [.. invocation.Get(roles).Select(TrustRootDraft.RoleDraft.Parse)],
                    [.. invocation.Get(publishers).Select(ReadKey)],
                    new Freshness(invocation.Get(maxAge), invocation.Get(skew), invocation.Get(attestEvery)),
                    TimeSpan.FromDays(invocation.Get(expires)));
                return Task.FromResult(StatementOptions.Write(draft.ToRotation(DateTimeOffset.UtcNow), invocation.Get(output)));
            })
        { origin, nodes, roles, publishers, maxAge, skew, attestEvery, expires, output };
    }

    private static Leaf Show()
    {
        var file = RootFile();
        return new Leaf("show", "Show a signed trust root, after checking its signature.", "share trust show --trust-root trust-root.json",
            (invocation, _) =>
            {
                var root = EnvelopeFile.LoadTrustRoot(invocation.Get(file));
                var summary = StatementSummary.Of(root.ToRotation());
                var json = new JsonObject
                {
                    ["id"] = root.Id().ToHex(),
                    ["origin"] = root.Origin,
                    ["version"] = root.Version,
                    ["nodes"] = root.Quorum.Nodes,
                    ["faulty"] = root.Quorum.Faulty,
                    ["quorum"] = root.Quorum.Required,
                    ["root"] = JsonNode.Parse(root.ToBytes()),
                };
                return Task.FromResult(new Outcome(json, screen =>
                {
                    foreach (var (label, value) in summary.Rows) screen.Line($"{label,-14} {value}");
                    screen.Line($"Signed by its own root role. Id {root.Id().ToHex()}.");
                }));
            })
        { file };
    }

    private static Leaf Policy()
    {
        var file = RootFile();
        return new Leaf("policy", "Print a trust root as a C2SP tlog-policy, for transparency-log tools of others.",
            "share trust policy --trust-root trust-root.json > policy.txt", (invocation, _) =>
            {
                string policy = TrustPolicy.Write(EnvelopeFile.LoadTrustRoot(invocation.Get(file)));
                return Task.FromResult(new Outcome(new JsonObject { ["policy"] = policy }, screen => screen.Line(policy.TrimEnd('\n'))));
            })
        { file };
    }

    private static Ed25519PublicKey ReadKey(string hex)
    {
        byte[] bytes = new byte[Ed25519PublicKey.Size];
        return StrictHex.TryDecode(hex, bytes) && Ed25519PublicKey.TryRead(bytes, out var key)
            ? key
            : throw CommandFailure.Usage("publisher-malformed", $"'{hex}' is not a publisher's public key.",
                "copy the 64 hexadecimal digits that `share publisher new` printed");
    }

    private static Option<long> Seconds(string name, string description, long standard) =>
        new(name) { Description = description, HelpName = "S", DefaultValueFactory = _ => standard };

    private static Option<string> RootFile() => new("--trust-root") { Description = "The signed trust root.", Required = true };
}
