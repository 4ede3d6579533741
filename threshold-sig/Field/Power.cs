namespace SupplyChain.ThresholdSig.Field;

/// <summary>Powers with exponents that are constants or otherwise public.</summary>
internal static class Power
{
    /// <summary>
    /// <paramref name="a"/> to a public exponent, least significant limb first, by fixed windows of four bits. The
    /// sequence of operations depends on the exponent only.
    /// </summary>
    public static TField Of<TField>(in TField a, ReadOnlySpan<ulong> exponent)
        where TField : unmanaged, IField<TField>
    {
        Span<TField> powers = stackalloc TField[16];
        powers[0] = TField.One;
        for (int i = 1; i < powers.Length; i++)
            powers[i] = powers[i - 1] * a;

        TField result = TField.One;
        for (int shift = (64 * exponent.Length) - 4; shift >= 0; shift -= 4)
        {
            result = result.Square().Square().Square().Square();
            int window = (int)((exponent[shift / 64] >> (shift % 64)) & 15);
            if (window != 0)
                result *= powers[window];
        }

        return result;
    }
}
