using System.Buffers.Binary;
using System.Numerics;

namespace SupplyChain.RepoNode.Storage;

/// <summary>CRC-32C (Castagnoli, RFC 3720 appendix B.4): finds torn writes and bit rot, stops no attacker.</summary>
internal static class Crc32C
{
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (byte b in bytes) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
