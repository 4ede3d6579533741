using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using SupplyChain.MaintainerTools.Shares;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.ThresholdSig.KeyGeneration;

namespace SupplyChain.MaintainerTools.Ceremony;

/// <summary>
/// A share on its way from a dealer to one receiver: ChaCha20-Poly1305 under HKDF-SHA256 of the Diffie-Hellman point of the
/// dealer's fresh key and the receiver's key of this ceremony (docs/protocol.md §12). Such a key seals one message only, so
/// the nonce is zero.
/// </summary>
internal static class SealedShare
{
    /// <summary>Bytes: the share and the tag.</summary>
    public const int Size = Dealer.ShareSize + TagSize;

    private const int TagSize = 16;

    /// <param name="context">Ceremony, dealer and receiver.</param>
    /// <param name="own">The dealer's fresh key.</param>
    /// <param name="receiver">The receiver's key.</param>
    /// <param name="share">32 bytes.</param>
    public static byte[] Seal(Context context, EncryptionKey own, EncryptionPublicKey receiver, ReadOnlySpan<byte> share)
    {
        using var key = DeriveKey(context, own, receiver, dealer: own.PublicKey, receiver);
        using var cipher = new ChaCha20Poly1305(key.Span);
        byte[] result = new byte[Size];
        cipher.Encrypt(new byte[12], share, result.AsSpan(..Dealer.ShareSize), result.AsSpan(Dealer.ShareSize..));
        return result;
    }

    public static bool TryOpen(
        Context context, EncryptionKey own, EncryptionPublicKey dealer, ReadOnlySpan<byte> sealedShare, [NotNullWhen(true)] out SecretBuffer? share)
    {
        share = null;
        if (sealedShare.Length != Size) return false;

        using var key = DeriveKey(context, own, dealer, dealer, receiver: own.PublicKey);
        using var cipher = new ChaCha20Poly1305(key.Span);
        share = new SecretBuffer(Dealer.ShareSize);
        try
        {
            cipher.Decrypt(new byte[12], sealedShare[..Dealer.ShareSize], sealedShare[Dealer.ShareSize..], share.Span);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            share.Dispose();
            share = null;
            return false;
        }
    }

    private static SecretBuffer DeriveKey(
        Context context, EncryptionKey own, EncryptionPublicKey other, EncryptionPublicKey dealer, EncryptionPublicKey receiver)
    {
        using var shared = new SecretBuffer(EncryptionKey.SharedSecretSize);
        own.DeriveSharedSecret(other, shared.Span);

        byte[] info = new ByteWriter().Bytes("supplychain/ceremony-share/v1"u8).U8(0).Digest(context.Ceremony)
            .U16((ushort)context.Dealer).U16((ushort)context.Receiver).Bytes(dealer.ToBytes()).Bytes(receiver.ToBytes()).ToArray();
        var key = new SecretBuffer(32);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, shared.Span, key.Span, salt: [], info);
        return key;
    }

    /// <param name="Ceremony">Its id.</param>
    /// <param name="Dealer">Index, 1 to m.</param>
    /// <param name="Receiver">Index, 1 to m.</param>
    public readonly record struct Context(Digest Ceremony, int Dealer, int Receiver);
}
