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

    /// <summary>
    /// Characters of a product's, channel's, role's, node's or maintainer's name (docs/protocol.md §1).
    /// </summary>
    public const int MaxNameLength = 64;

    /// <summary>Characters of a version (docs/protocol.md §3).</summary>
    public const int MaxVersionLength = 64;

    /// <summary>Characters of an artifact's name (docs/protocol.md §3).</summary>
    public const int MaxArtifactNameLength = 128;

    /// <summary>Leaves of a log: indexes and sizes also stand in JSON, whose integers end at 2^53 − 1.</summary>
    public const ulong MaxTreeSize = MaxJsonNumber;

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

    /// <summary>Bytes of a root update: a note, an entry and a proof (docs/protocol.md §8).</summary>
    public const int MaxRootUpdateSize = 1 << 18;

    /// <summary>UTF-8 bytes of a version as the upstream writes it (docs/protocol.md §3).</summary>
    public const int MaxUpstreamVersionLength = 128;

    /// <summary>UTF-8 bytes of a revocation's reason (docs/protocol.md §3).</summary>
    public const int MaxReasonLength = 500;

    /// <summary>Steps of a promotion's rollout (docs/protocol.md §3).</summary>
    public const int MaxRolloutSteps = 16;

    /// <summary>Signatures of one envelope; a rotation, which has most, has two (docs/protocol.md §3).</summary>
    public const int MaxSignaturesPerEnvelope = 4;

    /// <summary>Bytes of one signature in an envelope: 48 by a role's key, 64 by an Ed25519 key.</summary>
    public const int MaxEnvelopeSignatureSize = 64;

    /// <summary>Hexadecimal digits of a kernel's build id.</summary>
    public const int MaxBuildIdLength = 128;

    /// <summary>Bytes of one map row's value (docs/protocol.md §5).</summary>
    public const int MaxMapValueSize = 4_096;

    /// <summary>Nodes of a network (docs/protocol.md §1).</summary>
    public const int MaxNodes = 64;

    /// <summary>Roles of a trust root (docs/protocol.md §6).</summary>
    public const int MaxRoles = 64;

    /// <summary>Products of one role (docs/protocol.md §6).</summary>
    public const int MaxProductsPerRole = 512;

    /// <summary>Earlier keys of one role (docs/protocol.md §6).</summary>
    public const int MaxEarlierKeys = 64;

    /// <summary>Publishers of a trust root (docs/protocol.md §6).</summary>
    public const int MaxPublishers = 256;

    /// <summary>Characters of a node's URL or peer address.</summary>
    public const int MaxAddressLength = 270;

    /// <summary>Verified versions that an agent keeps of all channels (docs/protocol.md §13).</summary>
    public const int MaxVersionFloors = 1_024;

    /// <summary>Those of one channel.</summary>
    public const int MaxFloorsPerChannel = 64;

    /// <summary>Nonces that one signature of a node answers (docs/protocol.md §10).</summary>
    public const int MaxNoncesPerTree = 4_096;

    /// <summary>Bytes of the answer to one nonce: its path has at most 12 hashes.</summary>
    public const int MaxNonceAnswerSize = 501;

    /// <summary>Bytes of the evidence against one node (docs/protocol.md §8); what is possible stays below 2,400.</summary>
    public const int MaxEvidenceSize = 4_096;

    /// <summary>Bytes of an agent's trusted state.</summary>
    public const int MaxTrustedStateSize = 1 << 19;
}
