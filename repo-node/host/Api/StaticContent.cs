using System.IO.Compression;
using Microsoft.Net.Http.Headers;

namespace SupplyChain.RepoNode.Api;

/// <summary>Answers whose URL names their content for ever: any cache on the way may keep them.</summary>
internal static class StaticContent
{
    // Most of a bundle is keys and hashes: more effort gains nothing.
    private const int BrotliQuality = 5, BrotliWindow = 18;
    private const string Brotli = "br";
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

    /// <summary>As <see cref="Current"/>, compressed for a client that says it reads brotli.</summary>
    public static IResult CurrentCompressed(HttpContext context, byte[] content, string contentType)
    {
        context.Response.Headers.Vary = HeaderNames.AcceptEncoding;
        var accepted = context.Request.GetTypedHeaders().AcceptEncoding;
        bool reads = accepted.Any(encoding => encoding.Value == Brotli && encoding.Quality is not 0);
        byte[] compressed = new byte[BrotliEncoder.GetMaxCompressedLength(content.Length)];
        if (!reads || !BrotliEncoder.TryCompress(content, compressed, out int length, BrotliQuality, BrotliWindow))
            return Current(context, content, contentType);

        context.Response.Headers.ContentEncoding = Brotli;
        return Current(context, compressed[..length], contentType);
    }

    /// <summary>An answer that is true only now.</summary>
    public static IResult Current(HttpContext context, byte[] content, string contentType)
    {
        context.Response.Headers.CacheControl = "no-store";
        return Results.Bytes(content, contentType);
    }
}
