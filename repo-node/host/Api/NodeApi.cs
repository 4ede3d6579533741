using SupplyChain.Protocol.Encoding;
using SupplyChain.RepoNode.Operations;
using SupplyChain.RepoNode.Operations.Intake;
using SupplyChain.RepoNode.Peers;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Api;

/// <summary>
/// The node interface of docs/protocol.md §10: which request goes where, and what happens before and around it.
/// </summary>
internal static class NodeApi
{
    public static void AddNodeApi(this IServiceCollection services)
    {
        services.AddRateLimiter(RequestLimits.Apply);
        services.AddRequestTimeouts(RequestLimits.Apply);
        services.AddSingleton<UploadPermission>();
        services.AddSingleton<ArtifactEndpoints>();
        services.AddSingleton<AttestEndpoint>();
        services.AddSingleton<EvidenceEndpoints>();
        services.AddSingleton<LogEndpoints>();
        services.AddSingleton<ProofEndpoints>();
        services.AddSingleton<StatementEndpoints>();
    }

    public static void MapNodeApi(this WebApplication app)
    {
        app.Use(ReportFailureAsync);
        app.UseRateLimiter();
        app.UseRequestTimeouts();
        app.Use(RequireLengthAsync);

        MapLog(app, app.Services.GetRequiredService<LogEndpoints>());
        MapProofs(app, app.Services.GetRequiredService<ProofEndpoints>());
        MapAttest(app, app.Services.GetRequiredService<AttestEndpoint>());
        MapArtifacts(app, app.Services.GetRequiredService<ArtifactEndpoints>());
        MapStatements(app, app.Services.GetRequiredService<StatementEndpoints>());
        MapEvidence(app, app.Services.GetRequiredService<EvidenceEndpoints>());
        MapHealth(app);
    }

    private static void MapLog(WebApplication app, LogEndpoints log)
    {
        app.MapGet("/checkpoint", (HttpContext context) => log.GetCheckpoint(context));
        app.MapGet("/tile/{**path}", (HttpContext context, string path) => log.GetTile(context, path));
        app.MapGet("/trust/{file}", (HttpContext context, string file) => log.GetTrust(context, file));
    }

    private static void MapProofs(WebApplication app, ProofEndpoints proofs)
    {
        app.MapGet("/latest/{product}/{channel}", (HttpContext context, string product, string channel) =>
            proofs.GetLatest(context, product, channel));
        app.MapGet("/map/{keyHash}", (HttpContext context, string keyHash) => proofs.GetMapRow(context, keyHash));
    }

    private static void MapAttest(WebApplication app, AttestEndpoint attest) =>
        app.MapPost("/attest", (Func<HttpContext, Task<IResult>>)attest.PostAsync)
            .RequireRateLimiting(RequestLimits.Nonces);

    // Artifacts take as long as they take; the server ends connections that are too slow (RequestLimits.UploadRate).
    private static void MapArtifacts(WebApplication app, ArtifactEndpoints artifacts)
    {
        string[] reading = [HttpMethods.Get, HttpMethods.Head];
        app.MapMethods("/artifact/sha256/{hex}", reading, (HttpContext context, string hex) =>
            artifacts.Get(context, hex)).DisableRequestTimeout();
        app.MapMethods("/artifact/sha256/{hex}/tree", reading, (HttpContext context, string hex) =>
            artifacts.GetTree(context, hex)).DisableRequestTimeout();
        app.MapPut("/artifact/sha256/{hex}", (HttpContext context, string hex) => artifacts.PutAsync(context, hex))
            .RequireRateLimiting(RequestLimits.Writes).DisableRequestTimeout();
    }

    private static void MapStatements(WebApplication app, StatementEndpoints statements)
    {
        app.MapPost("/statements", (Func<HttpContext, Task<IResult>>)statements.PostAsync)
            .RequireRateLimiting(RequestLimits.Writes);
        app.MapGet("/statements/{id}", (HttpContext context, string id) => statements.Get(context, id));
    }

    private static void MapEvidence(WebApplication app, EvidenceEndpoints evidence)
    {
        app.MapGet("/evidence", (HttpContext context) => evidence.List(context));
        app.MapGet("/evidence/{node}", (HttpContext context, string node) => evidence.Get(context, node));
        app.MapPost("/evidence", (Func<HttpContext, Task<IResult>>)evidence.PostAsync)
            .RequireRateLimiting(RequestLimits.Writes);
    }

    private static void MapHealth(WebApplication app)
    {
        var state = app.Services.GetRequiredService<NodeState>();
        var network = app.Services.GetRequiredService<PeerNetwork>();
        var clocks = app.Services.GetRequiredService<HostClocks>();
        string name = app.Services.GetRequiredService<PeerSet>().Hello.Name;
        app.MapGet("/healthz", (HttpContext context) =>
        {
            var snapshot = state.Current;
            var root = snapshot.Tip.Ledger.TrustRoot;
            var status = new NodeStatus(
                name, root.Origin, snapshot.View.Number, snapshot.Tip.Header.Height, snapshot.Tip.Ledger.Size,
                snapshot.Certified?.Ledger.Size ?? 0, snapshot.Pending, network.Connected, root.Quorum.Required,
                snapshot.Progress.Phase, snapshot.Progress.KnownHeight, (ulong)snapshot.Progress.ArtifactBytes,
                (ulong)snapshot.Progress.ArtifactBytesNeeded, NodeStatus.NameOf(snapshot.StandingOf(clocks)));
            byte[] body = status.WriteTo(new CanonicalJsonWriter()).ToArray();
            return StaticContent.Current(context, body, "application/json");
        });
    }

    private static async Task ReportFailureAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
            if (!context.Response.HasStarted && ProblemOf(context.Response.StatusCode) is { } problem)
            {
                // What the server's own parts answer has a status and nothing else.
                context.Response.Headers.ETag = default;
                await problem.ExecuteAsync(context);
            }
        }
        catch (BadHttpRequestException refused) when (!context.Response.HasStarted)
        {
            var problem = ProblemOf(refused.StatusCode) ?? Problem.Malformed("The request breaks off, or is not HTTP.");
            await problem.ExecuteAsync(context);
        }
        catch (IOException full) when (FileSync.IsDiskFull(full) && !context.Response.HasStarted && !IsGone(context))
        {
            await Problem.DiskFull().ExecuteAsync(context);
        }
        catch (IOException failure) when (!context.Response.HasStarted && !IsGone(context))
        {
            var request = context.Request;
            Logger(context).LogError(failure, "Could not answer {Method} {Path}", request.Method, request.Path);
            await Problem.Internal().ExecuteAsync(context);
        }
        catch (Exception) when (IsGone(context))
        {
            // The client has gone: nobody reads an answer.
        }
    }

    // Without a length a body is empty to the server: most likely it was forgotten.
    private static Task RequireLengthAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        bool brings = HttpMethods.IsPost(request.Method) || HttpMethods.IsPut(request.Method);
        return brings && request.ContentLength is null && request.Headers.TransferEncoding.Count == 0
            ? Problem.LengthRequired().ExecuteAsync(context)
            : next(context);
    }

    private static Problem? ProblemOf(int status) => status switch
    {
        StatusCodes.Status404NotFound => Problem.NotFound("The node has no such resource."),
        StatusCodes.Status405MethodNotAllowed => Problem.MethodNotAllowed(),
        StatusCodes.Status408RequestTimeout => Problem.TooSlow(),
        StatusCodes.Status413PayloadTooLarge => Problem.TooLarge("The body is longer than this request may have."),
        StatusCodes.Status416RangeNotSatisfiable => Problem.RangeNotSatisfiable(),
        StatusCodes.Status504GatewayTimeout => Problem.TimedOut(),
        _ => null,
    };

    private static bool IsGone(HttpContext context) => context.RequestAborted.IsCancellationRequested;

    private static ILogger Logger(HttpContext context) =>
        context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("SupplyChain.RepoNode.Api");
}
