using SupplyChain.Protocol.Nonces;
using SupplyChain.RepoNode.Operations;

namespace SupplyChain.RepoNode.Api;

/// <summary><c>POST /attest</c>: a nonce in, the node's signature over it out (docs/protocol.md §10).</summary>
internal sealed class AttestEndpoint(NonceBatches batches)
{
    private const string Binary = "application/octet-stream";

    public async Task<IResult> PostAsync(HttpContext context)
    {
        // One byte more than a nonce has is enough to see that it is none.
        byte[] body = new byte[Nonce.Size + 1];
        if (context.Request.ContentLength > Nonce.Size) return Problem.TooLarge("A nonce has 32 bytes.");
        int length = await context.Request.Body.ReadAtLeastAsync(
            body, body.Length, throwOnEndOfStream: false, context.RequestAborted);
        if (length > Nonce.Size) return Problem.TooLarge("A nonce has 32 bytes.");
        if (!Nonce.TryRead(body.AsSpan(0, length), out var nonce)) return Problem.Malformed("A nonce has 32 bytes.");

        var answer = await batches.AnswerAsync(nonce, context.RequestAborted);
        if (answer is not null) return StaticContent.Current(context, answer.ToBytes(), Binary);

        return batches.IsAhead ? Problem.ClockAhead() : Problem.Starting();
    }
}
