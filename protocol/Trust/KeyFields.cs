using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Keys;
using SupplyChain.ThresholdSig.Bls;
using SupplyChain.ThresholdSig.Sharing;

namespace SupplyChain.Protocol.Trust;

/// <summary>Public keys in canonical JSON: lower-case hexadecimal, and refused unless they are valid keys.</summary>
internal static class KeyFields
{
    extension(ref CanonicalJsonReader reader)
    {
        public bool TryEd25519Key([NotNullWhen(true)] out Ed25519PublicKey? key)
        {
            key = null;
            return reader.TryHexBytes(Ed25519PublicKey.Size, out byte[]? bytes) && Ed25519PublicKey.TryRead(bytes, out key);
        }

        public bool TryGroupKey([NotNullWhen(true)] out PublicKey? key)
        {
            key = null;
            return reader.TryHexBytes(PublicKey.Size, out byte[]? bytes) && PublicKey.TryRead(bytes, out key);
        }

        /// <summary>The fields <c>key</c>, <c>threshold</c>, <c>members</c>, <c>faulty</c>.</summary>
        public bool TryRoleKey([NotNullWhen(true)] out PublicKey? key, out Threshold threshold)
        {
            key = null;
            threshold = default;
            if (!reader.TryName("key") || !reader.TryGroupKey(out key)) return false;
            if (!reader.TryName("threshold") || !reader.TryNumber(out ulong required, byte.MaxValue)) return false;
            if (!reader.TryName("members") || !reader.TryNumber(out ulong members, byte.MaxValue)) return false;
            if (!reader.TryName("faulty") || !reader.TryNumber(out ulong faulty, byte.MaxValue)) return false;

            return Threshold.TryCreate((int)members, (int)required, (int)faulty, out threshold);
        }
    }

    public static void RoleKey(this CanonicalJsonWriter writer, PublicKey key, Threshold threshold) => writer
        .Name("key").Hex(key.ToBytes())
        .Field("threshold", (ulong)threshold.Required)
        .Field("members", (ulong)threshold.Members)
        .Field("faulty", (ulong)threshold.Faulty);
}
