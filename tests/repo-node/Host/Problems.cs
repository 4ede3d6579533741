using System.Net;

namespace SupplyChain.RepoNode.Tests.Host;

/// <summary>What a node refuses with (RFC 9457).</summary>
internal static class Problems
{
    public static async Task AssertProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string name)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.ToString());
        string body = await answer.Content.ReadAsStringAsync();
        Assert.StartsWith($$"""{"type":"urn:supplychain:problem:{{name}}",""", body, StringComparison.Ordinal);
        answer.Dispose();
    }
}
