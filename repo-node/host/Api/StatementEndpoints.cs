using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Ledger;
using SupplyChain.RepoNode.Operations;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Api;

/// <summary>Takes statements, and tells what became of them (docs/protocol.md §10).</summary>
internal sealed class StatementEndpoints(NodeState state, NodeDatabase database, ArtifactStore artifacts, NodeLoop loop)
{
    private const string Json = "application/json";

    public async Task<IResult> PostAsync(HttpContext context)
    {
        byte[] entry = await ReadBodyAsync(context);
        if (!Envelope.TryRead(entry, out var envelope)) return Problem.Malformed("Not a canonical envelope.");

        // Looking at artifacts may mean to read them: only for who signs, and once for each statement.
        if (await loop.ScreenAsync(envelope, context.RequestAborted) is { } refusal)
            return AnswerTo(envelope, new SubmissionAnswer.Refused(refusal));
        if (MissingArtifact(envelope) is { } missing) return AnswerTo(missing);

        return AnswerTo(envelope, await loop.SubmitAsync(envelope, context.RequestAborted));
    }

    public IResult Get(HttpContext context, string id)
    {
        if (!Digest.TryParseHex(id, out var statement))
            return Problem.Malformed("Not an id in lower-case hexadecimal.");

        // In this order: the loop shows what is final before it forgets the submission.
        var submission = database.FindSubmission(statement);
        var snapshot = state.Current;
        var answer = new CanonicalJsonWriter().BeginObject().Field("id", statement);
        if (snapshot.Certified is { } certified && IndexIn(certified.Ledger, statement) is { } certifiedIndex)
            answer.Field("status", "certified").Field("index", certifiedIndex);
        else if (IndexIn(snapshot.Tip.Ledger, statement) is { } finalIndex)
            answer.Field("status", "final").Field("index", finalIndex);
        else if (submission is null)
            return Problem.UnknownStatement();
        else if (submission.Refusal is { } refusal)
            answer.Field("status", "refused").Field("reason", refusal);
        else
            answer.Field("status", "pending");

        return StaticContent.Current(context, answer.EndObject().ToArray(), Json);
    }

    // Only what says it is a release is read here; what else there is costs the ledger alone.
    private Artifact? MissingArtifact(Envelope envelope) =>
        Statement.PredicateTypeOf(envelope.Payload.Span) == "urn:supplychain:release:v1"
        && Statement.TryRead(envelope, out var statement) && statement is Release release
            ? release.Artifacts.FirstOrDefault(artifact => !artifacts.Holds(artifact))
            : null;

    private Problem AnswerTo(Artifact missing) => artifacts.RulesOut(missing)
        ? Problem.ArtifactMismatch(
            $"The bytes with sha256 {missing.Sha256} have another size or fs-verity digest than {missing.Name} states.")
        : Problem.ArtifactMissing($"It does not hold {missing.Name}, sha256 {missing.Sha256}.");

    private static IResult AnswerTo(Envelope envelope, SubmissionAnswer answer) => answer switch
    {
        SubmissionAnswer.Pending or SubmissionAnswer.Refused(LedgerRefusal.Duplicate) => Accepted(envelope.Id),
        SubmissionAnswer.Refused(LedgerRefusal.Malformed) =>
            Problem.Malformed("Not a statement with a known predicate."),
        SubmissionAnswer.Refused(var refusal) =>
            Problem.Refused(refusal.Name(), "A ledger rule refuses the statement on the final state."),
        SubmissionAnswer.Full => Problem.TooManyRequests(),
        var other => throw new InvariantBrokenException($"an answer is pending, refused or full, not {other}"),
    };

    private static IResult Accepted(Digest id)
    {
        var body = new CanonicalJsonWriter().BeginObject().Field("id", id).Field("status", "pending").EndObject();
        return Results.Text(body.ToArray(), Json, StatusCodes.Status202Accepted);
    }

    private static ulong? IndexIn(LedgerState ledger, Digest statement) =>
        ledger.Map.TryGet(MapKey.Statement(statement), out var value) && StatementRow.TryRead(value.Span, out var row)
            ? row.Index
            : null;

    // The server has bounded the body's size already.
    private static async Task<byte[]> ReadBodyAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return body.ToArray();
    }
}
