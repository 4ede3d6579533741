using System.Text.Json.Nodes;

namespace SupplyChain.MaintainerTools.Terminal;

/// <summary>A command's result in both forms: the JSON object of <c>--json</c>, and what a person reads.</summary>
internal sealed record Outcome(JsonObject Json, Action<Screen> Show, ExitCode Code = ExitCode.Done)
{
    public static JsonArray Array(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);

    public static JsonArray Array(IEnumerable<JsonObject> objects) => new([.. objects]);
}
