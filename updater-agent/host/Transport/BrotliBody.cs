using System.Buffers;
using System.IO.Compression;
using SupplyChain.UpdaterAgent.Core;

namespace SupplyChain.UpdaterAgent.Transport;

/// <summary>
/// A body that a node compressed, expanded to no more than the limit for what it is: a small answer cannot become a large one.
/// </summary>
internal static class BrotliBody
{
    public const string Name = "br";

    private const int BufferSize = 16 * 1024;

    public static Reply<byte[]> Expand(HttpResponseMessage response, Reply<byte[]> body, long limit)
    {
        if (!body.TryGet(out byte[]? bytes, out _)) return body;

        string encodings = string.Join(", ", response.Content.Headers.ContentEncoding);
        return encodings == Name ? Expand(bytes, limit) : Bad($"encoded as '{encodings}'");
    }

    private static Reply<byte[]> Expand(ReadOnlySpan<byte> left, long limit)
    {
        byte[] buffer = new byte[BufferSize];
        using var expanded = new MemoryStream();
        var decoder = new BrotliDecoder();
        try
        {
            OperationStatus status;
            do
            {
                status = decoder.Decompress(left, buffer, out int read, out int written);
                left = left[read..];
                if (expanded.Length + written > limit)
                    return Reply<byte[]>.Failed(new NodeFault(FaultKind.TooLarge, $"more than {limit} bytes once expanded"));

                expanded.Write(buffer, 0, written);
            }
            while (status == OperationStatus.DestinationTooSmall);

            return status == OperationStatus.Done && left.IsEmpty
                ? Reply<byte[]>.Of(expanded.ToArray())
                : Bad("not a whole brotli stream");
        }
        finally
        {
            decoder.Dispose();
        }
    }

    private static Reply<byte[]> Bad(string detail) => Reply<byte[]>.Failed(new NodeFault(FaultKind.BadEncoding, detail));
}
