namespace SupplyChain.Protocol.Statements;

/// <summary>A file of a release.</summary>
/// <param name="Name">A plain file name (docs/protocol.md §3).</param>
/// <param name="Sha256">SHA-256 of the bytes.</param>
/// <param name="FsVerity">fs-verity digest of the bytes (docs/protocol.md §9).</param>
/// <param name="Size">Bytes, at most <see cref="Limits.MaxArtifactSize"/>.</param>
public sealed record Artifact(string Name, Digest Sha256, Digest FsVerity, ulong Size)
{
    internal bool IsValid => Names.IsArtifactName(Name) && Size <= Limits.MaxArtifactSize;
}
