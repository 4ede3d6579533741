using SupplyChain.MaintainerTools.Ceremony;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Statements;
using SupplyChain.ThresholdSig.Signing;

namespace SupplyChain.MaintainerTools.Shares;

/// <summary>A member's share at rest, labelled with its index and the <c>keyid</c> of its group: <c>share.age</c>.</summary>
internal static class ShareFile
{
    public const string FileName = "share.age";

    /// <summary>Writes the share; a file that holds the very same share is as good.</summary>
    /// <exception cref="CommandFailure">Another file is there, or the disk refused.</exception>
    public static void Keep(string path, PrivateShare share, GroupKey group, SecretBuffer passphrase, int workFactor)
    {
        using var secret = new SecretBuffer(PrivateShare.SecretSize);
        share.ExportSecret(secret.Span);
        string label = LabelOf(share.Index, EnvelopeSignature.KeyIdOf(group.PublicKey));
        if (!File.Exists(path))
        {
            SecretFile.Create(path, SecretKind.Share, label, secret, passphrase, workFactor);
            return;
        }

        using var kept = SecretFile.Open(path, SecretKind.Share, passphrase, out string keptLabel);
        if (keptLabel != label || !System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(kept.Span, secret.Span))
        {
            throw CommandFailure.Failed("file-exists", $"{path} holds another share, and nothing is ever overwritten.",
                "give this share another place with --share");
        }
    }

    /// <summary>Opens the share of a group; it is the caller's to erase.</summary>
    /// <exception cref="CommandFailure">Not there, the passphrase is wrong, or it belongs to another group.</exception>
    public static PrivateShare Open(string path, GroupFile group, SecretBuffer passphrase)
    {
        using var secret = SecretFile.Open(path, SecretKind.Share, passphrase, out string label);
        if (!TryReadLabel(label, out int index, out var keyId))
            throw CommandFailure.Refused("share-malformed", $"{path} does not say which share it is.", "restore it from a copy");
        if (keyId != group.KeyId)
        {
            throw CommandFailure.Refused("share-other-group", $"{path} is a share of another group than {group.Name}.",
                "give the share of this group with --share");
        }

        if (!PrivateShare.TryImport(index, secret.Span, out var share))
            throw CommandFailure.Refused("share-malformed", $"{path} holds no share.", "restore it from a copy");
        if (group.Key.Threshold.HasMember(index) && group.Key.PublicShare(index).Equals(share.ToPublicShare())) return share;

        share.Dispose();
        throw CommandFailure.Refused("share-wrong", $"{path} is not share {index} of {group.Name}.", "restore it from a copy");
    }

    private static string LabelOf(int index, Digest keyId) => $"{StrictDecimal.Encode((ulong)index)} {keyId.ToHex()}";

    private static bool TryReadLabel(string label, out int index, out Digest keyId)
    {
        index = 0;
        keyId = default;
        int space = label.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0 || !StrictDecimal.TryDecode(label.AsSpan(..space), out ulong number)) return false;
        if (number is 0 or > ToolLimits.MaxMembers) return false;

        index = (int)number;
        return Digest.TryParseHex(label.AsSpan(space + 1), out keyId);
    }
}
