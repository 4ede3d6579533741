namespace SupplyChain.UpdaterAgent.Tests.Network;

/// <summary>Bodies that do not end as announced.</summary>
internal static class BadBodies
{
    /// <summary>The first bytes of a body, and then silence until the request is cancelled.</summary>
    public static HttpContent Stalling(HttpContent honest, int bytes) => With(honest, new Source(Read(honest)[..bytes], stalls: true));

    /// <summary>The whole body, so many bytes every tenth of a second.</summary>
    public static HttpContent Trickling(HttpContent honest, int bytes) => With(honest, new Source(Read(honest), stalls: false, bytes));

    /// <summary>The first bytes of a body, and then its end.</summary>
    public static HttpContent Truncated(HttpContent honest, int bytes) => With(honest, new Source(Read(honest)[..bytes], stalls: false));

    /// <summary>A body and more.</summary>
    public static HttpContent Oversized(HttpContent honest, int more) =>
        With(honest, new Source([.. Read(honest), .. new byte[more]], stalls: false));

    /// <summary>A body with one bit changed.</summary>
    public static HttpContent Altered(HttpContent honest)
    {
        byte[] body = Read(honest);
        body[body.Length / 2] ^= 1;
        return With(honest, new Source(body, stalls: false));
    }

    private static byte[] Read(HttpContent content) => content.ReadAsByteArrayAsync().GetAwaiter().GetResult();

    // The headers stay as they were, but for the length, which a chunked answer does not announce.
    private static StreamContent With(HttpContent honest, Source source)
    {
        var content = new StreamContent(source);
        content.Headers.ContentRange = honest.Headers.ContentRange;
        return content;
    }

    private sealed class Source(byte[] bytes, bool stalls, int perTenth = 0) : Stream
    {
        private int _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = Math.Min(buffer.Length, bytes.Length - _position);
            if (count == 0 && stalls) await Task.Delay(Timeout.Infinite, cancellationToken);
            if (perTenth > 0)
            {
                await Task.Delay(100, cancellationToken);
                count = Math.Min(count, perTenth);
            }

            bytes.AsSpan(_position, count).CopyTo(buffer.Span);
            _position += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
