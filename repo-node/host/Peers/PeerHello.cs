using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.RepoNode.Peers;

/// <summary>
/// The first frame each side sends, type 0 (docs/protocol.md §11):
/// <c>text16("supplychain/peer/v1") ‖ text16(origin) ‖ u64 epoch ‖ text16(own name)</c>.
/// </summary>
internal sealed record PeerHello(string Origin, ulong Epoch, string Name)
{
    public const byte FrameType = 0;

    /// <summary>Bytes of the longest hello's frame, length not counted.</summary>
    public const int MaxLength = 1 + 2 + 19 + 2 + Limits.MaxOriginLength + 8 + 2 + Limits.MaxNameLength;

    private const string Version = "supplychain/peer/v1";

    public byte[] ToFrame() => PeerFrame.Encode(
        FrameType, new ByteWriter().Text16(Version).Text16(Origin).U64(Epoch).Text16(Name).WrittenSpan);

    public static bool TryRead(ReadOnlySpan<byte> body, [NotNullWhen(true)] out PeerHello? hello)
    {
        hello = null;
        var reader = new ByteReader(body);
        if (!reader.TryText16(Version.Length, out string? version) || version != Version) return false;
        if (!reader.TryText16(Limits.MaxOriginLength, out string? origin)) return false;
        if (!reader.TryU64(out ulong epoch)) return false;
        if (!reader.TryText16(Limits.MaxNameLength, out string? name) || !reader.AtEnd) return false;

        hello = new PeerHello(origin, epoch, name);
        return true;
    }

    /// <summary>Reads the other side's hello; null when what comes is something else.</summary>
    public static async Task<PeerHello?> ReadAsync(Stream stream, CancellationToken stop) =>
        await PeerFrame.ReadAsync(stream, MaxLength, stop) is (FrameType, var body) && TryRead(body, out var hello)
            ? hello
            : null;
}
