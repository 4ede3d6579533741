using SupplyChain.Protocol.Encoding;

namespace SupplyChain.Protocol.Statements;

/// <summary>
/// An in-toto subject, plain or that of an artifact (docs/protocol.md §3).
/// <code>
/// {"name":…,"digest":{"sha256":…}}
/// {"name":…,"digest":{"sha256":…,"fsverity":…},"annotations":{"size":…}}
/// </code>
/// </summary>
internal sealed record Subject(string Name, Digest Sha256, Digest? FsVerity = null, ulong? Size = null)
{
    public static Subject Of(Artifact artifact) => new(artifact.Name, artifact.Sha256, artifact.FsVerity, artifact.Size);

    public void WriteTo(CanonicalJsonWriter writer)
    {
        writer.BeginObject().Field("name", Name).Name("digest").BeginObject().Field("sha256", Sha256);
        if (FsVerity is { } fsVerity) writer.Field("fsverity", fsVerity);
        writer.EndObject();
        if (Size is { } size) writer.Name("annotations").BeginObject().Field("size", size).EndObject();
        writer.EndObject();
    }

    public static bool TryReadList(ref CanonicalJsonReader reader, out IReadOnlyList<Subject> subjects)
    {
        var read = new List<Subject>();
        subjects = read;
        if (!reader.TryBeginArray()) return false;

        while (!reader.TryEndArray())
        {
            if (read.Count == Limits.MaxArtifactsPerRelease || Read(ref reader) is not { } subject) return false;
            read.Add(subject);
        }

        return true;
    }

    private static Subject? Read(ref CanonicalJsonReader reader)
    {
        if (!reader.TryBeginObject() || !reader.TryName("name")) return null;
        if (!reader.TryString(out string? name, Limits.MaxOriginLength)) return null;
        if (!reader.TryName("digest") || !reader.TryBeginObject()) return null;
        if (!reader.TryName("sha256") || !reader.TryDigest(out var sha256)) return null;

        Digest? fsVerity = null;
        ulong? size = null;
        if (reader.TryName("fsverity"))
        {
            if (!reader.TryDigest(out var verity)) return null;
            fsVerity = verity;
        }

        if (!reader.TryEndObject()) return null;
        if (reader.TryName("annotations"))
        {
            if (!reader.TryBeginObject() || !reader.TryName("size") || !reader.TryNumber(out ulong bytes)) return null;
            if (!reader.TryEndObject()) return null;
            size = bytes;
        }

        return reader.TryEndObject() ? new Subject(name, sha256, fsVerity, size) : null;
    }
}
