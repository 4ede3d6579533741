using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.RepoNode.Api;

/// <summary>
/// Which bytes of an artifact an upload's body holds: <paramref name="First"/> and the <paramref name="Count"/> − 1
/// behind it.
/// </summary>
internal readonly record struct UploadRange(long First, long Count, long Size)
{
    public bool IsLast => First + Count == Size;

    /// <summary>
    /// <c>Content-Range: bytes &lt;first&gt;-&lt;last&gt;/&lt;size&gt;</c>; without it, the body is the whole.
    /// </summary>
    public static bool TryRead(HttpRequest request, out UploadRange range)
    {
        range = default;
        string? header = request.Headers.ContentRange;
        if (header is null)
        {
            range = new UploadRange(0, request.ContentLength ?? -1, request.ContentLength ?? -1);
            return range.Size is >= 0 and <= Limits.MaxArtifactSize;
        }

        if (!TryParse(header, out range)) return false;
        return request.ContentLength is null || request.ContentLength == range.Count;
    }

    private static bool TryParse(ReadOnlySpan<char> header, out UploadRange range)
    {
        range = default;
        const string Unit = "bytes ";
        if (!header.StartsWith(Unit, StringComparison.Ordinal)) return false;

        header = header[Unit.Length..];
        int dash = header.IndexOf('-'), slash = header.IndexOf('/');
        if (dash < 0 || slash < dash) return false;
        if (!StrictDecimal.TryDecode(header[..dash], out ulong first)) return false;
        if (!StrictDecimal.TryDecode(header[(dash + 1)..slash], out ulong last)) return false;
        if (!StrictDecimal.TryDecode(header[(slash + 1)..], out ulong size)) return false;
        if (size > (ulong)Limits.MaxArtifactSize || last >= size || first > last) return false;

        range = new UploadRange((long)first, (long)(last - first + 1), (long)size);
        return true;
    }
}
