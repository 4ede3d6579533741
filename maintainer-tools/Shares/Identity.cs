using System.Diagnostics.CodeAnalysis;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.MaintainerTools.Shares;

/// <summary>A maintainer as others know her: <c>identity.json</c>.</summary>
internal sealed record PublicIdentity(string Name, Ed25519PublicKey Key)
{
    public byte[] ToBytes() => new CanonicalJsonWriter().BeginObject()
        .Field("name", Name).Name("identityKey").Hex(Key.Bytes).EndObject().ToArray();

    public static bool TryRead(ReadOnlySpan<byte> json, [NotNullWhen(true)] out PublicIdentity? identity)
    {
        identity = null;
        var reader = new CanonicalJsonReader(json);
        if (!TryReadObject(ref reader, out var read) || !reader.AtEnd) return false;

        identity = read;
        return true;
    }

    /// <summary>As a member of a list.</summary>
    public static bool TryReadObject(ref CanonicalJsonReader reader, [NotNullWhen(true)] out PublicIdentity? identity)
    {
        identity = null;
        if (!reader.TryBeginObject()
            || !reader.TryName("name") || !reader.TryString(out string? name, Limits.MaxNameLength) || !Names.IsName(name)
            || !reader.TryName("identityKey") || !reader.TryHexBytes(Ed25519PublicKey.Size, out byte[]? key)
            || !reader.TryEndObject() || !Ed25519PublicKey.TryRead(key, out var publicKey))
        {
            return false;
        }

        identity = new PublicIdentity(name, publicKey);
        return true;
    }

    /// <exception cref="CommandFailure">Not readable, or not an identity.</exception>
    public static PublicIdentity Load(string path) =>
        TryRead(DurableFile.Read(path, ToolLimits.MaxPublicFile), out var identity)
            ? identity
            : throw CommandFailure.Refused("identity-malformed", $"{path} is not a maintainer's public identity.",
                "ask its owner for the identity.json that `share id new` wrote");
}

/// <summary>A maintainer's own folder: <c>identity.age</c>, the sealed Ed25519 seed, and <c>identity.json</c>, its public part.</summary>
internal sealed class Identity : IDisposable
{
    public const string SecretName = "identity.age", PublicName = "identity.json";

    private Identity(PublicIdentity publicPart, Ed25519PrivateKey key)
    {
        Public = publicPart;
        Key = key;
    }

    public PublicIdentity Public { get; }

    public Ed25519PrivateKey Key { get; }

    /// <summary>Makes a new identity in <paramref name="folder"/>.</summary>
    /// <exception cref="CommandFailure">The folder holds one already, or the disk refused.</exception>
    public static PublicIdentity Create(string folder, string name, SecretBuffer passphrase, int workFactor)
    {
        if (!Names.IsName(name))
        {
            throw CommandFailure.Usage("name-invalid", $"'{name}' is not a name.",
                "use 1 to 64 of a-z 0-9 . - that begin and end with a letter or digit");
        }

        using var seed = SecretBuffer.Random(Ed25519PrivateKey.SeedSize);
        using var key = Ed25519PrivateKey.FromSeed(seed.Span);
        var identity = new PublicIdentity(name, key.PublicKey);
        SecretFile.Create(Path.Combine(folder, SecretName), SecretKind.Identity, name, seed, passphrase, workFactor);
        DurableFile.CreatePublic(Path.Combine(folder, PublicName), identity.ToBytes());
        return identity;
    }

    /// <exception cref="CommandFailure">Not there, or the passphrase is wrong.</exception>
    public static Identity Open(string folder, SecretBuffer passphrase)
    {
        string path = Path.Combine(folder, SecretName);
        using var seed = SecretFile.Open(path, SecretKind.Identity, passphrase, out string name);
        if (!Names.IsName(name))
            throw CommandFailure.Refused("identity-malformed", $"{path} names nobody.", "make a new identity with `share id new`");

        var key = Ed25519PrivateKey.FromSeed(seed.Span);
        return new Identity(new PublicIdentity(name, key.PublicKey), key);
    }

    public void Dispose() => Key.Dispose();
}
