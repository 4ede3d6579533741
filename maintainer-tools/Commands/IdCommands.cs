using System.CommandLine;
using System.Text.Json.Nodes;
using SupplyChain.MaintainerTools.Shares;
using SupplyChain.MaintainerTools.Terminal;

namespace SupplyChain.MaintainerTools.Commands;

/// <summary><c>share id</c>: who a maintainer is in ceremonies.</summary>
internal static class IdCommands
{
    public static Command Build() => new("id", "Your identity as a maintainer.") { New() };

    private static Leaf New()
    {
        var name = new Option<string>("--name") { Description = "What the others call you, such as alice.", Required = true };
        var folder = new Option<string>("--out") { Description = "Your own folder; it is created.", Required = true };
        var descriptor = SecretOptions.PassphraseDescriptor();
        var workFactor = SecretOptions.WorkFactor();

        return new Leaf("new", "Make an identity: identity.age is yours alone, identity.json is for the others.",
            "share id new --name alice --out ~/alice", (invocation, _) =>
            {
                string path = invocation.Get(folder);
                using var passphrase = invocation.Passphrase(descriptor).Fresh(Path.Combine(path, Identity.SecretName));
                var identity = Identity.Create(path, invocation.Get(name), passphrase, invocation.Get(workFactor));
                return Task.FromResult(Describe(identity, path));
            })
        { name, folder, descriptor, workFactor };
    }

    private static Outcome Describe(PublicIdentity identity, string folder)
    {
        string publicFile = Path.Combine(folder, Identity.PublicName);
        var json = new JsonObject
        {
            ["name"] = identity.Name,
            ["identityKey"] = identity.Key.ToHex(),
            ["folder"] = folder,
            ["public"] = publicFile,
        };
        return new Outcome(json, screen =>
        {
            screen.Line($"{identity.Name} has identity key {identity.Key.ToHex()}.");
            screen.Line($"Give {publicFile} to whoever proposes the ceremony; compare the key with them by voice.");
        });
    }
}
