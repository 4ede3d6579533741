using System.Buffers.Binary;
using SupplyChain.RepoNode.Core.Consensus;

namespace SupplyChain.RepoNode.Peers;

/// <summary>
/// What peers exchange (docs/protocol.md §11): <c>u32 length ‖ u8 type ‖ body</c>, where length counts type and body.
/// </summary>
internal static class PeerFrame
{

    private const int LengthSize = 4;

    /// <exception cref="ArgumentOutOfRangeException">The message is longer than a frame may be.</exception>
    public static byte[] Encode(byte type, ReadOnlySpan<byte> body)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(body.Length, Bounds.MaxFrameSize - 1);

        byte[] frame = new byte[LengthSize + 1 + body.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)(1 + body.Length));
        frame[LengthSize] = type;
        body.CopyTo(frame.AsSpan(LengthSize + 1));
        return frame;
    }

    /// <summary>Reads one frame.</summary>
    /// <returns>Type and body; null when the peer closed, or sent a length that no frame within the limit
    /// has.</returns>
    public static async Task<(byte Type, byte[] Body)?> ReadAsync(Stream stream, int maxLength, CancellationToken stop)
    {
        byte[] prefix = new byte[LengthSize + 1];
        if (!await TryFillAsync(stream, prefix, stop)) return null;

        uint length = BinaryPrimitives.ReadUInt32BigEndian(prefix);
        if (length == 0 || length > (uint)maxLength) return null;

        byte[] body = new byte[(int)length - 1];
        return await TryFillAsync(stream, body, stop) ? (prefix[LengthSize], body) : null;
    }

    private static async Task<bool> TryFillAsync(Stream stream, byte[] buffer, CancellationToken stop) =>
        await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, stop) == buffer.Length;
}
