using System.Text.Json;

namespace SupplyChain.UpdaterAgent.Transport;

/// <summary>The name in an RFC 9457 problem (docs/protocol.md §10), when there is one. It is shown, never trusted.</summary>
internal static class ProblemName
{
    private const string Prefix = "urn:supplychain:problem:";
    private const int BodyLimit = 4096;
    private const int NameLimit = 40;

    public static async Task<string?> Read(HttpResponseMessage response, CancellationToken stop)
    {
        byte[] body = new byte[BodyLimit];
        await using var stream = await response.Content.ReadAsStreamAsync(stop);
        int length = await stream.ReadAtLeastAsync(body, BodyLimit, throwOnEndOfStream: false, stop);
        return Parse(body.AsMemory(0, length));
    }

    private static string? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 4 });
            if (json.RootElement.ValueKind != JsonValueKind.Object) return null;
            if (!json.RootElement.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String) return null;

            string name = type.GetString()!;
            if (!name.StartsWith(Prefix, StringComparison.Ordinal)) return null;

            name = name[Prefix.Length..];
            return name.Length is > 0 and <= NameLimit && name.All(c => char.IsAsciiLetterLower(c) || c == '-') ? name : null;
        }
        catch (Exception notText) when (notText is JsonException or InvalidOperationException)
        {
            // The second: a string that is no Unicode, which the parser lets pass until somebody asks for it.
            return null;
        }
    }
}
