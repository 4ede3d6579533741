namespace SupplyChain.Protocol;

/// <summary>Every bound on what comes from outside. A reader compares with these before it allocates.</summary>
public static class Limits
{
    /// <summary>Bytes of one log entry: what a u16 length prefix can say (docs/protocol.md §3).</summary>
    public const int MaxEntrySize = 65_535;

    /// <summary>Bytes of a signed note, signatures included.</summary>
    public const int MaxNoteSize = 65_536;

    /// <summary>Signature lines of one note; C2SP signed-note asks for at least 16.</summary>
    public const int MaxSignaturesPerNote = 128;

    /// <summary>Bytes of one signature in a note, key id not counted; leaves room for post-quantum witnesses.</summary>
    public const int MaxNoteSignatureSize = 8_192;

    /// <summary>UTF-8 bytes of a note's key name.</summary>
    public const int MaxKeyNameLength = 255;

    /// <summary>Characters of an origin (docs/protocol.md §1).</summary>
    public const int MaxOriginLength = 128;

    /// <summary>Characters of a product's, channel's, role's, node's or maintainer's name (docs/protocol.md §1).</summary>
    public const int MaxNameLength = 64;

    /// <summary>Characters of a version (docs/protocol.md §3).</summary>
    public const int MaxVersionLength = 64;

    /// <summary>Characters of an artifact's name (docs/protocol.md §3).</summary>
    public const int MaxArtifactNameLength = 128;

    /// <summary>Leaves of a log: indexes and sizes also stand in JSON, whose integers end at 2^53 − 1.</summary>
    public const ulong MaxTreeSize = MaxJsonNumber;

    /// <summary>Hashes of one inclusion or consistency proof.</summary>
    public const int MaxProofHashes = 64;

    /// <summary>Highest level of a tile: 256^7 leaves are more than <see cref="MaxTreeSize"/>.</summary>
    public const int MaxTileLevel = 6;

    /// <summary>Nested objects and arrays of a JSON text.</summary>
    public const int MaxJsonDepth = 16;

    /// <summary>Largest integer of a JSON text, 2^53 − 1.</summary>
    public const ulong MaxJsonNumber = (1UL << 53) - 1;

    /// <summary>Latest time in a cosignature, Unix seconds (C2SP tlog-cosignature).</summary>
    public const ulong MaxCosignatureTime = long.MaxValue;

    /// <summary>Bytes of one artifact; its verity tree is then at most 130 MiB.</summary>
    public const long MaxArtifactSize = 1L << 34;

    /// <summary>Artifacts of one release (docs/protocol.md §3).</summary>
    public const int MaxArtifactsPerRelease = 64;

    /// <summary>Bytes of a proof bundle (docs/protocol.md §8).</summary>
    public const int MaxBundleSize = 1 << 20;

    /// <summary>UTF-8 bytes of a version as the upstream writes it (docs/protocol.md §3).</summary>
    public const int MaxUpstreamVersionLength = 128;

    /// <summary>UTF-8 bytes of a revocation's reason (docs/protocol.md §3).</summary>
    public const int MaxReasonLength = 500;

    /// <summary>Steps of a promotion's rollout (docs/protocol.md §3).</summary>
    public const int MaxRolloutSteps = 16;
}
