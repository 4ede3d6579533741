using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Equivocation;
using SupplyChain.RepoNode.Operations;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Api;

/// <summary>Proof that nodes signed two histories: taken from anybody, judged, shown to everybody (docs/protocol.md §10).</summary>
internal sealed class EvidenceEndpoints(EvidenceStore store, FirstRoot first)
{
    private const string Json = "application/json";
    private const string EvidenceType = "application/vnd.supplychain.evidence";

    public IResult List(HttpContext context)
    {
        var writer = new CanonicalJsonWriter().BeginObject().Name("evidence").BeginArray();
        foreach (var conviction in store.All) Write(writer, conviction);
        return StaticContent.Current(context, writer.EndArray().EndObject().ToArray(), Json);
    }

    public IResult Get(HttpContext context, string node) =>
        first.Root.IndexOf(node) is >= 0 and var index && store.Of(index) is { } conviction
            ? StaticContent.Current(context, conviction.Evidence.ToBytes(), EvidenceType)
            : Problem.NotFound("Nothing is proven against a node of this name.");

    public async Task<IResult> PostAsync(HttpContext context)
    {
        byte[] body = new byte[Limits.MaxEvidenceSize + 1];
        if (context.Request.ContentLength > Limits.MaxEvidenceSize) return TooLarge();
        int length = await context.Request.Body.ReadAtLeastAsync(
            body, body.Length, throwOnEndOfStream: false, context.RequestAborted);
        if (length > Limits.MaxEvidenceSize) return TooLarge();
        if (!Evidence.TryRead(body.AsSpan(0, length), out var evidence))
            return Problem.Malformed("Not evidence in its one spelling.");
        if (!store.Add(evidence).TryGet(out var conviction, out var rejection))
            return Problem.Refused(rejection.Name, rejection.Detail);

        var writer = new CanonicalJsonWriter();
        Write(writer, conviction);
        return StaticContent.Current(context, writer.ToArray(), Json);
    }

    private static Problem TooLarge() => Problem.TooLarge($"Evidence has at most {Limits.MaxEvidenceSize} bytes.");

    private static void Write(CanonicalJsonWriter writer, Conviction conviction) => writer
        .BeginObject()
        .Field("node", conviction.Evidence.Node)
        .Field("contradiction", conviction.Contradiction)
        .EndObject();
}
