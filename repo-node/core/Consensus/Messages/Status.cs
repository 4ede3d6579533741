using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.RepoNode.Core.Consensus.Messages;

/// <summary>
/// Where a node stands, so that peers can send what it lacks: <c>u64 last final view ‖ u64 view ‖ u64 highest notarised
/// view ‖ u64 height</c> (docs/protocol.md §11). Unsigned: a lie costs its receiver one answer.
/// </summary>
public sealed record Status(View LastFinal, View View, View HighestNotarised, ulong Height)
{
    internal static bool TryRead(ref ByteReader reader, [NotNullWhen(true)] out Status? status)
    {
        status = null;
        if (!reader.TryView(out var lastFinal) || !reader.TryView(out var view)) return false;
        if (!reader.TryView(out var notarised) || !reader.TryCounter(out ulong height)) return false;

        status = new Status(lastFinal, view, notarised, height);
        return true;
    }

    internal void WriteTo(ByteWriter writer) =>
        writer.U64(LastFinal.Number).U64(View.Number).U64(HighestNotarised.Number).U64(Height);
}
