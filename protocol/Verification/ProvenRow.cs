using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Map;

namespace SupplyChain.Protocol.Verification;

/// <summary>
/// A map row, or that there is none, with its proof (docs/protocol.md §8):
/// <c>u8 present ‖ (u16 length ‖ value when present) ‖ map proof</c>.
/// </summary>
/// <param name="Value">Null when the row is not there.</param>
/// <param name="Proof">Of the one or the other.</param>
public sealed record ProvenRow(ReadOnlyMemory<byte>? Value, MapProof Proof)
{
    /// <summary>What a map says about a key.</summary>
    public static ProvenRow Of(MapTree map, MapKey key) =>
        new(map.TryGet(key, out var value) ? value : default(ReadOnlyMemory<byte>?), map.Prove(key));

    /// <summary>True when the map with this recorded root says so about the key.</summary>
    public bool Verify(Digest mapRoot, MapKey key) => Value is { } value
        ? Proof.VerifyPresence(mapRoot, key, value.Span)
        : Proof.VerifyAbsence(mapRoot, key);

    internal void WriteTo(ByteWriter writer)
    {
        writer.U8(Value is null ? (byte)0 : (byte)1);
        if (Value is { } value) writer.Bytes16(value.Span);
        Proof.WriteTo(writer);
    }

    internal static bool TryRead(ref ByteReader reader, [NotNullWhen(true)] out ProvenRow? row)
    {
        row = null;
        if (!reader.TryU8(out byte present) || present > 1) return false;

        ReadOnlyMemory<byte>? value = null;
        if (present == 1)
        {
            if (!reader.TryBytes16(Limits.MaxMapValueSize, out var bytes)) return false;
            value = bytes.ToArray();
        }

        if (!MapProof.TryRead(ref reader, out var proof)) return false;
        row = new ProvenRow(value, proof);
        return true;
    }
}
