using SupplyChain.MaintainerTools.Shares;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;
using SupplyChain.Protocol.Verification;

namespace SupplyChain.MaintainerTools.Publishing;

/// <summary>Signed statements on disk.</summary>
internal static class EnvelopeFile
{
    /// <exception cref="CommandFailure">Not readable, or not in its one spelling.</exception>
    public static Envelope Load(string path) =>
        Envelope.TryRead(DurableFile.Read(path, Limits.MaxEntrySize), out var envelope)
            ? envelope
            : throw CommandFailure.Refused("envelope-malformed", $"{path} is not an envelope in its one spelling.",
                "make it with `share sign combine`, and never edit it");

    /// <summary>Loads the first trust root: the envelope that its own root role signed.</summary>
    /// <exception cref="CommandFailure">Not readable, or not a trust root that signs itself.</exception>
    public static TrustRoot LoadTrustRoot(string path) =>
        TrustRoot.TryReadEnvelope(DurableFile.Read(path, Limits.MaxEntrySize), out var root, out var rejection)
            ? root
            : throw CommandFailure.Refused(rejection.Name, $"{path} is no trust root: {rejection.Detail}.",
                "make it with `share trust new`, and have the root role sign it with `share sign`");

    /// <summary>Loads the first trust root and the rotations after it; each must follow from the one before.</summary>
    /// <returns>Oldest first, at least one.</returns>
    /// <exception cref="CommandFailure">Not readable, or one that does not follow.</exception>
    public static IReadOnlyList<TrustRoot> LoadTrustRoots(string first, IReadOnlyList<string> rotations)
    {
        List<TrustRoot> roots = [LoadTrustRoot(first)];
        foreach (string path in rotations)
        {
            if (!RootUpdate.FollowAgain(roots[^1], DurableFile.Read(path, Limits.MaxEntrySize)).TryGet(out var next, out var rejection))
            {
                throw CommandFailure.Refused(rejection.Name, $"{path} is not the trust root after {roots[^1].Version}: {rejection.Detail}.",
                    "give all rotations with --rotation, oldest first, each as `share sign combine` wrote it");
            }

            roots.Add(next.Root);
        }

        return roots;
    }
}

/// <summary>The key of a release machine: permission to upload bytes, nothing more.</summary>
internal static class PublisherFile
{
    /// <summary>Makes a new key.</summary>
    /// <exception cref="CommandFailure">The file is there already.</exception>
    public static Ed25519PublicKey Create(string path, SecretBuffer passphrase, int workFactor)
    {
        using var seed = SecretBuffer.Random(Ed25519PrivateKey.SeedSize);
        using var key = Ed25519PrivateKey.FromSeed(seed.Span);
        SecretFile.Create(path, SecretKind.Publisher, key.PublicKey.ToHex(), seed, passphrase, workFactor);
        return key.PublicKey;
    }

    /// <summary>Opens a key; it is the caller's to erase.</summary>
    /// <exception cref="CommandFailure">Not there, or the passphrase is wrong.</exception>
    public static Ed25519PrivateKey Open(string path, SecretBuffer passphrase)
    {
        using var seed = SecretFile.Open(path, SecretKind.Publisher, passphrase, out _);
        return Ed25519PrivateKey.FromSeed(seed.Span);
    }
}
