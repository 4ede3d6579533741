namespace SupplyChain.MaintainerTools.Ceremony;

/// <summary>The three messages of every member, in this order (docs/protocol.md §12).</summary>
internal enum CeremonyStep
{
    Join,
    Deal,
    Confirm,
}

/// <summary>What is wrong with a message.</summary>
internal enum CeremonyFault
{
    NotAMember,
    Malformed,
    OtherCeremony,
    WrongSender,
    WrongSignature,

    /// <summary>Another message for the same step was seen from the same sender.</summary>
    Changed,

    /// <summary>The dealing does not prove that its dealer knows what it deals.</summary>
    WrongProof,

    /// <summary>A share cannot be unsealed, or is not the one the dealer committed to.</summary>
    WrongShare,

    /// <summary>The sender confirms other dealings than those in this folder.</summary>
    TranscriptDiffers,

    /// <summary>The sender's partial signature does not verify: it holds no working share.</summary>
    WrongPartial,

    /// <summary>Another member says that this one cheated.</summary>
    Accused,

    /// <summary>The dealings cancel each other out.</summary>
    Cancelled,
}

/// <summary>Why a ceremony is over without a key. It must be held again under a new proposal.</summary>
/// <param name="Member">Who sent the bad message, as far as this member can see.</param>
/// <param name="Fault">What is wrong with it.</param>
/// <param name="Detail">The same for people.</param>
internal sealed record CeremonyAbort(string Member, CeremonyFault Fault, string Detail)
{
    /// <summary>The fault's stable name.</summary>
    public string Name => NameOf(Fault);

    public static string NameOf(CeremonyFault fault) => fault switch
    {
        CeremonyFault.NotAMember => "not-a-member",
        CeremonyFault.Malformed => "malformed",
        CeremonyFault.OtherCeremony => "other-ceremony",
        CeremonyFault.WrongSender => "wrong-sender",
        CeremonyFault.WrongSignature => "wrong-signature",
        CeremonyFault.Changed => "changed",
        CeremonyFault.WrongProof => "wrong-proof",
        CeremonyFault.WrongShare => "wrong-share",
        CeremonyFault.TranscriptDiffers => "transcript-differs",
        CeremonyFault.WrongPartial => "wrong-partial",
        CeremonyFault.Accused => "accused",
        CeremonyFault.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };
}
