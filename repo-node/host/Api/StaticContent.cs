using Microsoft.Net.Http.Headers;

namespace SupplyChain.RepoNode.Api;

/// <summary>Answers whose URL names their content for ever: any cache on the way may keep them.</summary>
internal static class StaticContent
{
    private const string Immutable = "public, max-age=31536000, immutable";

    public static IResult Bytes(HttpContext context, byte[] content, string contentType)
    {
        context.Response.Headers.CacheControl = Immutable;
        return Results.Bytes(content, contentType);
    }

    /// <summary>A file that is named after its digest, whole or in ranges.</summary>
    public static IResult File(HttpContext context, string path, string entityTag)
    {
        context.Response.Headers.CacheControl = Immutable;
        return Results.File(
            path,
            "application/octet-stream",
            entityTag: new EntityTagHeaderValue($"\"{entityTag}\""),
            enableRangeProcessing: true);
    }

    /// <summary>An answer that is true only now.</summary>
    public static IResult Current(HttpContext context, byte[] content, string contentType)
    {
        context.Response.Headers.CacheControl = "no-store";
        return Results.Bytes(content, contentType);
    }
}
