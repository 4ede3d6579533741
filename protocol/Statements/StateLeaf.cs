using SupplyChain.Protocol.Encoding;

namespace SupplyChain.Protocol.Statements;

/// <summary>
/// The ledger's state after a block, the last leaf of every checkpoint. Nobody signs it; the nodes make it. The subject
/// is the origin, with the map's root.
/// <code>{"origin","height","time","mapRoot","previous"?}</code>
/// </summary>
public sealed record StateLeaf : Statement
{
    internal const string Name = "state";

    /// <summary>0 for the state before the first block.</summary>
    public required ulong Height { get; init; }

    /// <summary>The block's time, Unix seconds.</summary>
    public required long Time { get; init; }

    public required Digest MapRoot { get; init; }

    /// <summary>Index of the previous state leaf; null in the first.</summary>
    public ulong? Previous { get; init; }

    public override string? InvalidField =>
        !Names.IsOrigin(Origin) ? "origin"
        : Height > Limits.MaxJsonNumber ? "height"
        : !IsTime(Time) ? "time"
        : Previous > Limits.MaxJsonNumber ? "previous"
        : null;

    internal override IReadOnlyList<Subject> Subjects => [new Subject(Origin, MapRoot)];

    internal override string Predicate => Name;

    /// <summary>The entry as it stands in the log: an envelope without signatures.</summary>
    public byte[] ToEntry() => Envelope.Of(ToPayload()).ToBytes();

    private protected override void WritePredicate(CanonicalJsonWriter writer)
    {
        writer.Field("origin", Origin).Field("height", Height).Time("time", Time).Field("mapRoot", MapRoot);
        if (Previous is { } previous) writer.Field("previous", previous);
    }

    internal static StateLeaf? ReadPredicate(ref CanonicalJsonReader reader)
    {
        if (!reader.TryName("origin") || !reader.TryString(out string? origin, Limits.MaxOriginLength)) return null;
        if (!reader.TryName("height") || !reader.TryNumber(out ulong height)) return null;
        if (!reader.TryName("time") || !reader.TryTime(out long time)) return null;
        if (!reader.TryName("mapRoot") || !reader.TryDigest(out var mapRoot)) return null;

        ulong? previous = null;
        if (reader.TryName("previous"))
        {
            if (!reader.TryNumber(out ulong index)) return null;
            previous = index;
        }

        return new StateLeaf { Origin = origin, Height = height, Time = time, MapRoot = mapRoot, Previous = previous };
    }
}
