using SupplyChain.Protocol.Encoding;

namespace SupplyChain.Protocol.Log;

/// <summary>The hashes of a proof as they travel: <c>u8 count ‖ 32-byte hashes</c> (docs/protocol.md §8).</summary>
internal static class ProofHashes
{
    // The sizes say how many hashes a proof has, so another count is another spelling.
    public static bool TryRead(ref ByteReader reader, int expectedCount, out Digest[] hashes)
    {
        hashes = [];
        var ahead = reader;
        if (!ahead.TryU8(out byte count) || count != expectedCount) return false;

        var read = new Digest[count];
        for (int i = 0; i < count; i++)
        {
            if (!ahead.TryDigest(out read[i])) return false;
        }

        reader = ahead;
        hashes = read;
        return true;
    }

    public static void Write(ByteWriter writer, IReadOnlyList<Digest> hashes)
    {
        writer.U8((byte)hashes.Count);
        foreach (var hash in hashes) writer.Digest(hash);
    }
}
