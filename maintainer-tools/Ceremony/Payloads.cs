using System.Diagnostics.CodeAnalysis;
using SupplyChain.MaintainerTools.Shares;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Statements;
using SupplyChain.ThresholdSig.Bls;
using SupplyChain.ThresholdSig.KeyGeneration;
using SupplyChain.ThresholdSig.Sharing;
using SupplyChain.ThresholdSig.Signing;

namespace SupplyChain.MaintainerTools.Ceremony;

/// <summary>"I take part, and this is where to send my shares": <c>{"ceremony","member","key"}</c>.</summary>
internal sealed record JoinPayload(EncryptionPublicKey Key)
{
    public byte[] ToBytes(Digest ceremony, PublicIdentity member) =>
        SignedMessage.Head(ceremony, member).Name("key").Hex(Key.ToBytes()).EndObject().ToArray();

    public static bool TryRead(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out JoinPayload? join)
    {
        join = null;
        var reader = new CanonicalJsonReader(payload);
        if (!SignedMessage.TryReadHead(ref reader, out _, out _)
            || !reader.TryName("key") || !reader.TryHexBytes(EncryptionPublicKey.Size, out byte[]? key)
            || !reader.TryEndObject() || !reader.AtEnd || !EncryptionPublicKey.TryRead(key, out var publicKey))
        {
            return false;
        }

        join = new JoinPayload(publicKey);
        return true;
    }
}

/// <summary>
/// One member's dealing, its fresh encryption key, and one sealed share per member in their order:
/// <c>{"ceremony","member","dealing","key","shares":[…]}</c>.
/// </summary>
internal sealed record DealPayload(Dealing Dealing, EncryptionPublicKey Key, IReadOnlyList<byte[]> Shares)
{
    public byte[] ToBytes(Digest ceremony, PublicIdentity member)
    {
        var writer = SignedMessage.Head(ceremony, member)
            .Name("dealing").Hex(Dealing.ToBytes()).Name("key").Hex(Key.ToBytes()).Name("shares").BeginArray();
        foreach (byte[] share in Shares) writer.Hex(share);
        return writer.EndArray().EndObject().ToArray();
    }

    public static bool TryRead(ReadOnlySpan<byte> payload, Threshold threshold, [NotNullWhen(true)] out DealPayload? deal)
    {
        deal = null;
        int dealingSize = sizeof(ushort) + threshold.Required * PublicKey.Size + ProofOfPossession.Size;
        var reader = new CanonicalJsonReader(payload);
        if (!SignedMessage.TryReadHead(ref reader, out _, out _)
            || !reader.TryName("dealing") || !reader.TryHexBytes(dealingSize, out byte[]? bytes)
            || !reader.TryName("key") || !reader.TryHexBytes(EncryptionPublicKey.Size, out byte[]? key)
            || !reader.TryName("shares") || !reader.TryBeginArray())
        {
            return false;
        }

        byte[][] shares = new byte[threshold.Members][];
        for (int i = 0; i < shares.Length; i++)
        {
            if (!reader.TryHexBytes(SealedShare.Size, out byte[]? share)) return false;
            shares[i] = share;
        }

        if (!reader.TryEndArray() || !reader.TryEndObject() || !reader.AtEnd) return false;
        if (!Dealing.TryRead(bytes, threshold, out var dealing) || !EncryptionPublicKey.TryRead(key, out var publicKey)) return false;

        deal = new DealPayload(dealing, publicKey, shares);
        return true;
    }
}

/// <summary>How a ceremony went for one member.</summary>
internal abstract record ConfirmPayload
{
    private ConfirmPayload()
    {
    }

    public abstract byte[] ToBytes(Digest ceremony, PublicIdentity member);

    /// <summary>These dealings made this key, and here is my part of a signature with it: <c>{…,"transcript","groupKey","partial"}</c>.</summary>
    public sealed record Agreed(Digest Transcript, PublicKey GroupKey, PartialSignature Partial) : ConfirmPayload
    {
        public override byte[] ToBytes(Digest ceremony, PublicIdentity member) => SignedMessage.Head(ceremony, member)
            .Field("transcript", Transcript).Name("groupKey").Hex(GroupKey.ToBytes()).Name("partial").Hex(Partial.ToBytes())
            .EndObject().ToArray();
    }

    /// <summary>This member cheated: <c>{…,"cheat":{"member","how"}}</c>.</summary>
    public sealed record Accusation(string Cheat, string How) : ConfirmPayload
    {
        public override byte[] ToBytes(Digest ceremony, PublicIdentity member) => SignedMessage.Head(ceremony, member)
            .Name("cheat").BeginObject().Field("member", Cheat).Field("how", How).EndObject().EndObject().ToArray();
    }

    public static bool TryRead(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out ConfirmPayload? confirm)
    {
        var reader = new CanonicalJsonReader(payload);
        confirm = null;
        if (!SignedMessage.TryReadHead(ref reader, out _, out _)) return false;

        confirm = reader.TryName("cheat") ? ReadAccusation(ref reader) : ReadAgreed(ref reader);
        if (confirm is not null && reader.TryEndObject() && reader.AtEnd) return true;

        confirm = null;
        return false;
    }

    private static Accusation? ReadAccusation(ref CanonicalJsonReader reader) =>
        reader.TryBeginObject()
        && reader.TryName("member") && reader.TryString(out string? cheat, Limits.MaxNameLength) && Names.IsName(cheat)
        && reader.TryName("how") && reader.TryString(out string? how, Limits.MaxNameLength) && Names.IsName(how)
        && reader.TryEndObject()
            ? new Accusation(cheat, how)
            : null;

    private static Agreed? ReadAgreed(ref CanonicalJsonReader reader) =>
        reader.TryName("transcript") && reader.TryDigest(out var transcript)
        && reader.TryName("groupKey") && reader.TryHexBytes(PublicKey.Size, out byte[]? key) && PublicKey.TryRead(key, out var groupKey)
        && reader.TryName("partial") && reader.TryHexBytes(PartialSignature.Size, out byte[]? bytes)
        && PartialSignature.TryRead(bytes, out var partial)
            ? new Agreed(transcript, groupKey, partial)
            : null;
}
