using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Generators;

namespace SupplyChain.MaintainerTools.Shares;

/// <summary>scrypt (RFC 7914) with the parameters age fixes: r = 8, p = 1. All that is taken from Bouncy Castle here.</summary>
internal static class Scrypt
{
    /// <summary>A 32-byte key; costs 128 · 8 · 2^<paramref name="workFactor"/> bytes of memory.</summary>
    public static SecretBuffer DeriveKey(SecretBuffer passphrase, ReadOnlySpan<byte> salt, int workFactor)
    {
        // The library takes and gives arrays. Ours are pinned, so that no copy stays behind; what it copies itself is its own.
        byte[] typed = GC.AllocateUninitializedArray<byte>(passphrase.Length, pinned: true), derived = [];
        try
        {
            passphrase.Span.CopyTo(typed);
            derived = SCrypt.Generate(typed, salt.ToArray(), 1 << workFactor, 8, 1, 32);
            return new SecretBuffer(derived);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(typed);
            CryptographicOperations.ZeroMemory(derived);
        }
    }
}
