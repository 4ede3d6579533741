namespace SupplyChain.MaintainerTools;

/// <summary>Every bound on the files this program reads and the time it waits. The network's own bounds are <see cref="Protocol.Limits"/>.</summary>
internal static class ToolLimits
{
    /// <summary>Bytes of an age file; what we seal is a few hundred bytes.</summary>
    public const int MaxAgeFileSize = 1 << 20;

    /// <summary>Bytes of an age header: one scrypt stanza is about 150.</summary>
    public const int MaxAgeHeaderSize = 4_096;

    /// <summary>Work factors scrypt is given when sealing (docs/protocol.md §12).</summary>
    public const int MinWorkFactor = 10, DefaultWorkFactor = 18;

    /// <summary>The highest work factor of a file that is opened: 1 GiB and some seconds. A hostile file could ask for hours.</summary>
    public const int MaxWorkFactor = 20;

    /// <summary>Bytes of a passphrase in UTF-8.</summary>
    public const int MinNewPassphrase = 8, MaxPassphrase = 1_024;

    /// <summary>Members of a ceremony (docs/protocol.md §1).</summary>
    public const int MaxMembers = 255;

    /// <summary>Bytes of a ceremony's message: 255 sealed shares of 48 bytes and 255 commitment points of 96, in hex.</summary>
    public const int MaxCeremonyMessage = 1 << 18;

    /// <summary>Bytes of a public file other than those: an identity, a group, an approval, node.json.</summary>
    public const int MaxPublicFile = 1 << 17;

    /// <summary>Bytes of a local signing journal: about 100,000 approvals.</summary>
    public const int MaxSigningJournal = 1 << 25;

    /// <summary>Bytes of a message for <c>signature verify</c>.</summary>
    public const int MaxMessageFile = 1 << 26;

    /// <summary>Bytes of a JSON answer of a node.</summary>
    public const int MaxNodeAnswer = 1 << 16;

    /// <summary>Bytes in one request of an upload.</summary>
    public const int UploadRange = 4 << 20;
}
