using SupplyChain.Protocol.Verification;
using SupplyChain.UpdaterAgent.Core.Installation;

namespace SupplyChain.UpdaterAgent.Core;

/// <summary>What a node did instead of answering well: a stable name for programs and a sentence for people.</summary>
/// <param name="Kind">What went wrong.</param>
/// <param name="Detail">What was seen, without the node's name. Made fit for a terminal: it may hold the node's own bytes.</param>
/// <param name="Rejection">With <see cref="FaultKind.Rejected"/>: the rule that refused.</param>
public sealed record NodeFault(FaultKind Kind, string Detail, Rejection? Rejection = null)
{
    private const int MaxDetailLength = 300;

    public string Detail { get; } = PrintableText.Of(Detail, MaxDetailLength);

    /// <summary>Verification refused what came.</summary>
    public static NodeFault Of(Rejection rejection) => new(FaultKind.Rejected, rejection.Detail, rejection);

    /// <summary>The name in reports: kebab case, stable; a rejection's own name.</summary>
    public string Name => Kind switch
    {
        FaultKind.Unreachable => "unreachable",
        FaultKind.TimedOut => "timed-out",
        FaultKind.Stalled => "stalled",
        FaultKind.HttpStatus => "http-status",
        FaultKind.Truncated => "truncated",
        FaultKind.BadEncoding => "bad-encoding",
        FaultKind.TooLarge => "too-large",
        FaultKind.WrongRange => "wrong-range",
        FaultKind.AlteredTree => "altered-tree",
        FaultKind.AlteredPiece => "altered-piece",
        FaultKind.Behind => "behind",
        FaultKind.Unproven => "unproven",
        FaultKind.Contradicted => "contradicted",
        FaultKind.Convicted => "convicted",
        FaultKind.Rejected => Rejection?.Name ?? "rejected",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>
    /// Whether an honest node on a bad line could have caused it. Bytes that contradict what was attested or asked for
    /// cannot come from one; a broken connection, an error status or an old answer can.
    /// </summary>
    public bool IsLie => Kind is FaultKind.TooLarge or FaultKind.WrongRange or FaultKind.AlteredTree or FaultKind.AlteredPiece or FaultKind.Contradicted;
}

public enum FaultKind
{
    /// <summary>No connection, or it broke.</summary>
    Unreachable,

    /// <summary>No whole answer within the deadline.</summary>
    TimedOut,

    /// <summary>No progress, or below the minimum rate.</summary>
    Stalled,

    /// <summary>An answer other than the one that was asked for.</summary>
    HttpStatus,

    /// <summary>Fewer bytes than announced.</summary>
    Truncated,

    /// <summary>A body in an encoding that was not asked for, or not in the one it says.</summary>
    BadEncoding,

    /// <summary>More bytes than the limit or than were asked for.</summary>
    TooLarge,

    /// <summary>A range other than the one asked for.</summary>
    WrongRange,

    /// <summary>A tree that does not lead to the attested digest.</summary>
    AlteredTree,

    /// <summary>A piece that does not fit the attested tree.</summary>
    AlteredPiece,

    /// <summary>An older checkpoint than another node showed.</summary>
    Behind,

    /// <summary>It named a checkpoint that nobody shows to be a prefix of the certified one.</summary>
    Unproven,

    /// <summary>It named a checkpoint that the certified log is shown never to have had.</summary>
    Contradicted,

    /// <summary>Evidence convicts it of two histories, so it was not asked.</summary>
    Convicted,

    /// <summary>The answer came and was refused by verification.</summary>
    Rejected,
}
