using Org.BouncyCastle.Crypto.Generators;

namespace SupplyChain.MaintainerTools.Shares;

/// <summary>scrypt (RFC 7914) with the parameters age fixes: r = 8, p = 1. All that is taken from Bouncy Castle here.</summary>
internal static class Scrypt
{
    /// <summary>A 32-byte key; costs 128 · 8 · 2^<paramref name="workFactor"/> bytes of memory.</summary>
    public static SecretBuffer DeriveKey(SecretBuffer passphrase, ReadOnlySpan<byte> salt, int workFactor)
    {
        byte[] derived = SCrypt.Generate(passphrase.Array, salt.ToArray(), 1 << workFactor, 8, 1, 32);
        var key = new SecretBuffer(derived);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(derived);
        return key;
    }
}
