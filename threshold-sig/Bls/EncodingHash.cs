namespace SupplyChain.ThresholdSig.Bls;

/// <summary>Hash codes of values that are equal when their encodings are.</summary>
internal static class EncodingHash
{
    public static int Of(ReadOnlySpan<byte> encoding)
    {
        var hash = new HashCode();
        hash.AddBytes(encoding);
        return hash.ToHashCode();
    }
}
