using System.Text.Json;

namespace SupplyChain.MaintainerTools.Demo.Attacks;

/// <summary>What an agent's report holds against nodes.</summary>
internal static class Findings
{
    /// <summary>Its own error, and every fault it names.</summary>
    public static HashSet<string> Of(JsonElement report)
    {
        var faults = new HashSet<string>();
        if (report.TryGetProperty("error", out JsonElement error)) faults.Add(Text(error, "name"));
        foreach (string lines in new[] { "failures", "answers" })
        {
            if (report.TryGetProperty(lines, out JsonElement nodes)) faults.UnionWith(nodes.EnumerateArray().Select(node => Text(node, "what")));
        }

        return faults;
    }

    public static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";
}
