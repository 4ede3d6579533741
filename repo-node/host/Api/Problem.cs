using SupplyChain.Protocol.Encoding;

namespace SupplyChain.RepoNode.Api;

/// <summary>
/// An error as RFC 9457 problem details, <c>type</c> = <c>urn:supplychain:problem:&lt;name&gt;</c> (docs/protocol.md
/// §10).
/// </summary>
internal sealed class Problem(int status, string name, string detail) : IResult
{
    private const string ContentType = "application/problem+json";

    public static Problem Malformed(string detail) => new(StatusCodes.Status400BadRequest, "malformed", detail);

    public static Problem UnknownPublisher(string detail) =>
        new(StatusCodes.Status403Forbidden, "unknown-publisher", detail);

    public static Problem PermitExpired(string detail) =>
        new(StatusCodes.Status403Forbidden, "permit-expired", detail);

    public static Problem PermitTooLong(string detail) =>
        new(StatusCodes.Status403Forbidden, "permit-too-long", detail);

    public static Problem NotFound(string detail) => new(StatusCodes.Status404NotFound, "not-found", detail);

    public static Problem UnknownStatement() => new(
        StatusCodes.Status404NotFound, "unknown-statement", "This node has never seen a statement with this id.");

    public static Problem MethodNotAllowed() => new(
        StatusCodes.Status405MethodNotAllowed, "method-not-allowed", "The resource has no such method; Allow names those it has.");

    public static Problem TooSlow() => new(
        StatusCodes.Status408RequestTimeout, "too-slow", "The body came too slowly. Send it again, faster or in smaller ranges.");

    public static Problem LengthRequired() => new(
        StatusCodes.Status411LengthRequired,
        "length-required",
        "A request that brings a body states its Content-Length, or sends it in chunks.");

    public static Problem RangeNotSatisfiable() => new(
        StatusCodes.Status416RangeNotSatisfiable,
        "range-not-satisfiable",
        "The range begins behind the end; Content-Range tells the size.");

    public static Problem TimedOut() => new(
        StatusCodes.Status504GatewayTimeout, "timed-out", "The node did not come to an answer within its deadline.");

    public static Problem UploadOffset(string detail) => new(StatusCodes.Status409Conflict, "upload-offset", detail);

    public static Problem ArtifactMissing(string detail) =>
        new(StatusCodes.Status409Conflict, "artifact-missing", detail);

    public static Problem ArtifactMismatch(string detail) =>
        new(StatusCodes.Status422UnprocessableEntity, "artifact-mismatch", detail);

    public static Problem DiskFull() => new(
        StatusCodes.Status507InsufficientStorage, "disk-full", "This node's disk has no room for it.");

    public static Problem QuotaExceeded(string detail) =>
        new(StatusCodes.Status507InsufficientStorage, "quota-exceeded", detail);

    public static Problem TooLarge(string detail) => new(StatusCodes.Status413PayloadTooLarge, "too-large", detail);

    public static Problem DigestMismatch() => new(
        StatusCodes.Status422UnprocessableEntity,
        "digest-mismatch",
        "The bytes received are not those of this digest; all of them were dropped.");

    /// <summary>A ledger rule's refusal, by its name in docs/protocol.md §3.</summary>
    public static Problem Refused(string rule, string detail) =>
        new(StatusCodes.Status422UnprocessableEntity, rule, detail);

    public static Problem TooManyRequests() => new(
        StatusCodes.Status429TooManyRequests,
        "too-many-requests",
        "More came than the node takes at once. Try again later.");

    public static Problem Starting() => new(
        StatusCodes.Status503ServiceUnavailable, "starting", "Nothing is certified yet, or cosigned: too few nodes have joined.");

    public static Problem ClockAhead() => new(
        StatusCodes.Status503ServiceUnavailable,
        "clock-ahead",
        "This node's clock is ahead of its peers' clocks: it signs no time until it is set right. Ask another node.");

    public static Problem Internal() => new(
        StatusCodes.Status500InternalServerError, "internal", "The node failed to answer; its log says why.");

    public Task ExecuteAsync(HttpContext httpContext)
    {
        byte[] body = new CanonicalJsonWriter().BeginObject()
            .Field("type", $"urn:supplychain:problem:{name}")
            .Field("title", name.Replace('-', ' '))
            .Field("status", (ulong)status)
            .Field("detail", detail)
            .EndObject().ToArray();

        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = ContentType;
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        return HttpMethods.IsHead(httpContext.Request.Method)
            ? Task.CompletedTask
            : response.Body.WriteAsync(body).AsTask();
    }
}
