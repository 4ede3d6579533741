using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using SupplyChain.Protocol;
using SupplyChain.RepoNode.Operations.Uploads;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Api;

/// <summary>
/// Artifacts by digest: read by anyone, in ranges; written by publishers, in as many requests as it takes
/// (docs/protocol.md §10).
/// </summary>
internal sealed class ArtifactEndpoints(
    ArtifactStore artifacts, UploadPermission permission, UploadQuota quota, ILogger<ArtifactEndpoints> log)
{
    private const string OffsetHeader = "Upload-Offset";
    private const string NotADigest = "Not a SHA-256 in lower-case hexadecimal.";
    private const string NotWhole = "This node does not hold the whole artifact.";

    public IResult Get(HttpContext context, string hex)
    {
        if (!Digest.TryParseHex(hex, out var sha256)) return Problem.Malformed(NotADigest);
        if (artifacts.Find(sha256) is { } stored) return StaticContent.File(context, stored.Path, hex);

        context.Response.Headers[OffsetHeader] = Decimal(artifacts.BytesUploaded(sha256));
        return Problem.NotFound(NotWhole);
    }

    public IResult GetTree(HttpContext context, string hex)
    {
        if (!Digest.TryParseHex(hex, out var sha256)) return Problem.Malformed(NotADigest);
        if (artifacts.Find(sha256) is not { } stored) return Problem.NotFound(NotWhole);

        return StaticContent.File(context, stored.TreePath, $"{hex}.tree");
    }

    public async Task<IResult> PutAsync(HttpContext context, string hex)
    {
        if (!Digest.TryParseHex(hex, out var sha256)) return Problem.Malformed(NotADigest);
        if (!UploadRange.TryRead(context.Request, out var range))
            return Problem.Malformed("The range of the body is not a range of an artifact.");
        if (!permission.TryCheck(context.Request.Headers, sha256, range.Size, out var publisher, out var refusal))
            return refusal;
        if (artifacts.Find(sha256) is not null) return Results.StatusCode(StatusCodes.Status201Created);
        if (!quota.TryCharge(publisher, sha256, range.Size)) return OverQuota();

        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = range.Count;
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate) rate.MinDataRate = RequestLimits.UploadRate;
        using var writer = artifacts.TryUpload(sha256);
        if (writer is null)
            return WrongOffset(context, artifacts.BytesUploaded(sha256), "Another upload of this artifact is under way.");
        // Every byte came, and the node ended before it had read them back.
        if (writer.Held == range.Size) return Complete(writer, range, hex);
        if (writer.Held != range.First)
            return WrongOffset(context, writer.Held, "The range does not begin where the bytes held end.");

        return await AppendAsync(context, writer, range, hex);
    }

    private async Task<IResult> AppendAsync(HttpContext context, ArtifactWriter writer, UploadRange range, string hex)
    {
        bool exact = await writer.AppendAsync(context.Request.Body, range.Count, context.RequestAborted);
        if (!exact)
        {
            writer.Sync();
            context.Response.Headers[OffsetHeader] = Decimal(writer.Held);
            return Problem.Malformed("The body is not as long as its range.");
        }

        if (!range.IsLast)
        {
            writer.Sync();
            context.Response.Headers[OffsetHeader] = Decimal(writer.Held);
            return Results.StatusCode(StatusCodes.Status202Accepted);
        }

        return Complete(writer, range, hex);
    }

    private IResult Complete(ArtifactWriter writer, UploadRange range, string hex)
    {
        if (!writer.TryComplete()) return Problem.DigestMismatch();

        log.LogInformation("Stored artifact {Sha256}, {Size} bytes", hex, range.Size);
        return Results.StatusCode(StatusCodes.Status201Created);
    }

    private Problem OverQuota() => Problem.QuotaExceeded(
        $"With this one, the uploads of this publisher that no release names yet would be more than {quota.Limits.QuotaBytes} bytes. "
        + $"Submit their statements, or ask the node's operator; they are forgotten after {quota.Limits.Keep.TotalHours} hours.");

    private static Problem WrongOffset(HttpContext context, long held, string detail)
    {
        context.Response.Headers[OffsetHeader] = Decimal(held);
        return Problem.UploadOffset(detail);
    }

    private static string Decimal(long number) => number.ToString(CultureInfo.InvariantCulture);
}
