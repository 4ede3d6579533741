using System.Globalization;
using System.Text;

namespace SupplyChain.Protocol.Trust;

/// <summary>
/// The trust root for tools of others, as a C2SP tlog-policy: any node's log signature, and cosignatures by q of the nodes.
/// </summary>
public static class TrustPolicy
{
    // A slash, which names do not have, keeps nodes apart from the group and from the word "none".
    private const string WitnessPrefix = "node/", Group = "quorum";

    /// <summary>The text of a policy file, with a line feed after every line.</summary>
    public static string Write(TrustRoot root)
    {
        var policy = new StringBuilder();
        void Line(string text) => policy.Append(text).Append('\n');

        Line(string.Create(CultureInfo.InvariantCulture, $"# {root.Origin}, trust root {root.Version}"));
        foreach (var node in root.Nodes) Line($"log {node.LogVerifier(root.Origin)} {node.Url}");
        foreach (var node in root.Nodes) Line($"witness {WitnessPrefix}{node.Name} {node.AttestationVerifier}");

        string members = string.Join(' ', root.Nodes.Select(node => WitnessPrefix + node.Name));
        Line(string.Create(CultureInfo.InvariantCulture, $"group {Group} {root.Quorum.Required} {members}"));
        Line($"quorum {Group}");
        return policy.ToString();
    }
}
