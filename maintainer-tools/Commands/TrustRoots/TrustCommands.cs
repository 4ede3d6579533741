using System.CommandLine;
using System.Text.Json.Nodes;
using SupplyChain.MaintainerTools.Drafting;
using SupplyChain.MaintainerTools.Publishing;
using SupplyChain.MaintainerTools.Shares;
using SupplyChain.MaintainerTools.Signing;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;

namespace SupplyChain.MaintainerTools.Commands.TrustRoots;

/// <summary><c>share trust</c>: whom machines believe.</summary>
internal static class TrustCommands
{
    public static Command Build() => new("trust", "Trust roots: the nodes, roles and publishers of a network.") { New(), RotateCommand.Build(), Show(), Policy() };

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
        var expires = TrustRootOptions.ExpiresDays();
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
                    [.. invocation.Get(publishers).Select(TrustRootOptions.ReadKey)],
                    new Freshness(invocation.Get(maxAge), invocation.Get(skew), invocation.Get(attestEvery)),
                    TimeSpan.FromDays(invocation.Get(expires)));
                return Task.FromResult(StatementOptions.Write(draft.ToRotation(DateTimeOffset.UtcNow), invocation.Get(output)));
            })
        { origin, nodes, roles, publishers, maxAge, skew, attestEvery, expires, output };
    }

    private static Leaf Show()
    {
        var first = TrustRootOptions.First();
        var later = TrustRootOptions.Later();
        var draft = new Option<string?>("--statement") { Description = "A rotation that is not signed yet, to see what it would change." };
        return new Leaf("show", "Show the newest of some trust roots, after checking their signatures, and what it changes.",
            "share trust show --trust-root trust-root.json --rotation root-2.json --statement root-3.statement.json",
            (invocation, _) =>
            {
                var roots = TrustRootOptions.Load(invocation, first, later);
                var drafted = invocation.Find(draft) is { } path ? ReadDraft(path, roots[^1]) : null;
                var root = drafted ?? roots[^1];
                var previous = drafted is not null ? roots[^1] : roots.Count > 1 ? roots[^2] : null;
                return Task.FromResult(Describe(root, previous, isSigned: drafted is null));
            })
        { first, later, draft };
    }

    private static TrustRoot ReadDraft(string path, TrustRoot current)
    {
        if (SigningRequest.ReadStatement(DurableFile.Read(path, Limits.MaxEntrySize), path) is not Rotation { Root: var next })
            throw CommandFailure.Refused("statement-malformed", $"{path} is no trust root.", "make it with `share trust rotate`");

        return RootSuccession.FirstBroken(current, next) is { } broken
            ? throw CommandFailure.Refused("rotation-against-rules", $"The network would refuse {path} after root {current.Version}: {broken}.",
                "make it anew with `share trust rotate`, from the root in force")
            : next;
    }

    private static Outcome Describe(TrustRoot root, TrustRoot? previous, bool isSigned)
    {
        var summary = StatementSummary.Of(root.ToRotation());
        var changes = previous is null ? [] : TrustRootChanges.Between(previous, root);
        var json = new JsonObject
        {
            ["id"] = root.Id().ToHex(),
            ["origin"] = root.Origin,
            ["version"] = root.Version,
            ["signed"] = isSigned,
            ["nodes"] = root.Quorum.Nodes,
            ["faulty"] = root.Quorum.Faulty,
            ["quorum"] = root.Quorum.Required,
            ["changes"] = Outcome.Array(changes.Select(change => change)),
            ["root"] = JsonNode.Parse(root.ToBytes()),
        };
        return new Outcome(json, screen =>
        {
            foreach (var (label, value) in summary.Rows) screen.Line($"{label,-14} {value}");
            if (previous is not null) screen.Line($"What it changes in root {previous.Version}:");
            foreach (string change in changes) screen.Line($"  {change}");
            string by = previous is null ? "its own root role" : "the root roles of both";
            screen.Line($"{(isSigned ? $"Signed by {by}." : "Nobody has signed it.")} Id {root.Id().ToHex()}.");
        });
    }

    private static Leaf Policy()
    {
        var file = TrustRootOptions.First();
        return new Leaf("policy", "Print a trust root as a C2SP tlog-policy, for transparency-log tools of others.",
            "share trust policy --trust-root trust-root.json > policy.txt", (invocation, _) =>
            {
                string policy = TrustPolicy.Write(EnvelopeFile.LoadTrustRoot(invocation.Get(file)));
                return Task.FromResult(new Outcome(new JsonObject { ["policy"] = policy }, screen => screen.Line(policy.TrimEnd('\n'))));
            })
        { file };
    }

    private static Option<long> Seconds(string name, string description, long standard) =>
        new(name) { Description = description, HelpName = "S", DefaultValueFactory = _ => standard };
}
