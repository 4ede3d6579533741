using System.CommandLine;
using SupplyChain.MaintainerTools.Drafting;

namespace SupplyChain.MaintainerTools.Commands.TrustRoots;

/// <summary><c>share trust rotate</c>: drafts the next trust root from the one in force.</summary>
internal static class RotateCommand
{
    public static Leaf Build()
    {
        Option<string> first = TrustRootOptions.First(), output = StatementOptions.Output();
        var later = TrustRootOptions.Later();
        var addPublishers = TrustRootOptions.Publishers("--add-publisher", "A key that may upload from now on.");
        var removePublishers = TrustRootOptions.Publishers("--remove-publisher", "A key that may upload no more.");
        var addRoles = Many("--add-role", "NAME=group.json:product,product for a role that is new.", "NAME=FILE:PRODUCTS");
        var replaceKeys = Many("--replace-key", "NAME=group.json: the role's group from now on, which made a new key.", "NAME=FILE");
        var compromised = Many("--compromised",
            "ROLE@INDEX: the key that this rotation replaces is in wrong hands, and nothing that it signed after this log index counts. "
            + "ROLE:VERSION@INDEX for the key that served an earlier root. It cannot be taken back.", "ROLE@INDEX");
        var addProducts = Many("--add-product", "NAME=product,product: what the role signs for too.", "NAME=PRODUCTS");
        var maxAge = Seconds("--max-age", "How long an attestation counts; as before unless given.");
        var skew = Seconds("--skew", "How far ahead of a machine's clock an attestation may be; as before unless given.");
        var attestEvery = Seconds("--attest-every", "How often nodes attest again when nothing is new; as before unless given.");
        var expires = TrustRootOptions.ExpiresDays();

        return new Leaf("rotate",
            "Write the next trust root: what is not named stays. To be signed with `share sign` by the root role, by its old and its new group when its key changes.",
            "share trust rotate --trust-root trust-root.json --rotation root-2.json --replace-key acme=acme-2/group.json --compromised acme@4711 --out root-3.statement.json",
            (invocation, _) =>
            {
                var current = TrustRootOptions.Load(invocation, first, later)[^1];
                var draft = new RotationDraft
                {
                    AddedPublishers = [.. (invocation.Find(addPublishers) ?? []).Select(TrustRootOptions.ReadKey)],
                    RemovedPublishers = [.. (invocation.Find(removePublishers) ?? []).Select(TrustRootOptions.ReadKey)],
                    AddedRoles = [.. (invocation.Find(addRoles) ?? []).Select(TrustRootDraft.RoleDraft.Parse)],
                    ReplacedKeys = [.. (invocation.Find(replaceKeys) ?? []).Select(TrustRootDraft.RoleDraft.Parse)],
                    AddedProducts = [.. (invocation.Find(addProducts) ?? []).Select(TrustRootOptions.ReadProducts)],
                    Marks = [.. (invocation.Find(compromised) ?? []).Select(CompromiseMark.Parse)],
                    MaxAge = invocation.Find(maxAge),
                    Skew = invocation.Find(skew),
                    AttestEvery = invocation.Find(attestEvery),
                    Validity = TimeSpan.FromDays(invocation.Get(expires)),
                };
                return Task.FromResult(StatementOptions.Write(draft.ToRotation(current, DateTimeOffset.UtcNow), invocation.Get(output)));
            })
        {
            first, later, addPublishers, removePublishers, addRoles, replaceKeys, compromised, addProducts, maxAge, skew, attestEvery, expires, output,
        };
    }

    private static Option<string[]> Many(string name, string description, string help) =>
        new(name) { Description = description, HelpName = help, AllowMultipleArgumentsPerToken = true };

    private static Option<long?> Seconds(string name, string description) => new(name) { Description = description, HelpName = "S" };
}
