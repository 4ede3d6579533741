using System.CommandLine;
using System.Text.Json.Nodes;
using SupplyChain.MaintainerTools.Publishing;
using SupplyChain.MaintainerTools.Shares;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Equivocation;
using SupplyChain.Protocol.Verification;

namespace SupplyChain.MaintainerTools.Commands;

/// <summary><c>share audit</c>: what others claim about the network, judged here.</summary>
internal static class AuditCommands
{
    public static Command Build() => new("audit", "Judge what others claim about a network's nodes.") { JudgeEvidence() };

    private static Leaf JudgeEvidence()
    {
        var file = new Argument<string>("FILE") { Description = "Evidence, as agents and nodes keep it: <node>.evidence." };
        var root = new Option<string>("--trust-root") { Description = "The signed trust root that names the node.", Required = true };

        return new Leaf("evidence", "Judge whether a file proves that a node signed two histories: exit code 0 when it does, 4 when it proves nothing.",
            "share audit evidence mirror3.example.evidence --trust-root trust-root.json", (invocation, _) =>
            {
                string path = invocation.Get(file);
                var trustRoot = EnvelopeFile.LoadTrustRoot(invocation.Get(root));
                if (!Evidence.TryRead(DurableFile.Read(path, Limits.MaxEvidenceSize), out var evidence))
                    throw ProvesNothing(RejectionReason.EvidenceMalformed, $"{path} is no evidence in its one spelling");
                if (!evidence.Judge(trustRoot).TryGet(out var conviction, out var rejection))
                    throw ProvesNothing(rejection.Reason, $"{path} proves nothing: {rejection.Detail}");

                return Task.FromResult(new Outcome(Json(conviction), screen => Show(conviction, screen)));
            })
        { file, root };
    }

    private static JsonObject Json(Conviction conviction) => new()
    {
        ["node"] = conviction.Evidence.Node,
        ["attestationKey"] = conviction.Evidence.Key.ToHex(),
        ["origin"] = conviction.Evidence.Origin,
        ["contradiction"] = conviction.Contradiction,
        ["signed"] = Outcome.Array(new[] { conviction.Evidence.First, conviction.Evidence.Second }.Select(Json)),
    };

    private static JsonObject Json(SignedCheckpoint signed) => new()
    {
        ["as"] = KindOf(signed),
        ["time"] = signed.Time,
        ["size"] = signed.Checkpoint.Size.Value,
        ["root"] = signed.Checkpoint.Root.ToHex(),
    };

    private static void Show(Conviction conviction, Screen screen)
    {
        var evidence = conviction.Evidence;
        screen.Line($"Guilty: {evidence.Node} {conviction.Contradiction}.");
        foreach (var signed in new[] { evidence.First, evidence.Second })
        {
            string time = StrictDecimal.Encode(signed.Time);
            screen.Line($"  {KindOf(signed),-12} size {signed.Checkpoint.Size}, root {signed.Checkpoint.Root}, at {time}");
        }

        screen.Line($"Both are signed with its attestation key {evidence.Key}, which the trust root of {evidence.Origin} names.");
    }

    private static string KindOf(SignedCheckpoint signed) => signed.Nonces is null ? "cosignature" : "nonce-answer";

    private static CommandFailure ProvesNothing(RejectionReason reason, string message) => CommandFailure.Refused(
        Rejection.NameOf(reason), $"{message}.", "accuse nobody; docs/protocol.md §8 says what evidence is");
}
