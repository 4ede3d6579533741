using System.CommandLine;
using System.Text.Json.Nodes;
using SupplyChain.MaintainerTools.Publishing;
using SupplyChain.MaintainerTools.Terminal;

namespace SupplyChain.MaintainerTools.Commands;

/// <summary><c>share publisher</c>: keys that may upload bytes.</summary>
internal static class PublisherCommands
{
    public static Command Build() => new("publisher", "Keys of release machines: permission to upload bytes, nothing more.") { New() };

    private static Leaf New()
    {
        var output = new Option<string>("--out") { Description = "Where the sealed key goes.", Required = true };
        var descriptor = SecretOptions.PassphraseDescriptor();
        var workFactor = SecretOptions.WorkFactor();

        return new Leaf("new", "Make a publisher's key.", "share publisher new --out publisher.age", (invocation, _) =>
            {
                string path = invocation.Get(output);
                using var passphrase = invocation.Passphrase(descriptor).Fresh(path);
                string key = PublisherFile.Create(path, passphrase, invocation.Get(workFactor)).ToHex();
                var json = new JsonObject { ["publisher"] = key, ["file"] = path };
                return Task.FromResult(new Outcome(json, screen =>
                    screen.Line($"The publisher's public key is {key}; give it to `share trust new --publisher`.")));
            })
        { output, descriptor, workFactor };
    }
}
