namespace SupplyChain.ThresholdSig.Field;

/// <summary>
/// What the tower and the curves need of a field. No member branches on its operands unless it says so.
/// </summary>
internal interface IField<TSelf>
    where TSelf : unmanaged, IField<TSelf>
{
    static abstract TSelf Zero { get; }

    static abstract TSelf One { get; }

    /// <summary>For public values, or answers that become public.</summary>
    bool IsZero { get; }

    static abstract TSelf operator +(in TSelf a, in TSelf b);

    static abstract TSelf operator -(in TSelf a, in TSelf b);

    static abstract TSelf operator -(in TSelf a);

    static abstract TSelf operator *(in TSelf a, in TSelf b);

    TSelf Square();

    TSelf Double();

    /// <summary>The inverse; zero for zero.</summary>
    TSelf Invert();

    /// <summary>
    /// <paramref name="whenSet"/> for a mask of ones, <paramref name="whenClear"/> for a mask of zeros.
    /// </summary>
    static abstract TSelf Select(ulong mask, in TSelf whenSet, in TSelf whenClear);
}

/// <summary>A field over which one of the two curves y² = x³ + b is defined.</summary>
internal interface ICurveField<TSelf> : IField<TSelf>
    where TSelf : unmanaged, ICurveField<TSelf>
{
    /// <summary>Bytes of the canonical encoding.</summary>
    static abstract int EncodedSize { get; }

    /// <summary>b of the curve over this field.</summary>
    static abstract TSelf CurveB { get; }

    /// <summary>3b·a, the only way b enters the complete formulas.</summary>
    static abstract TSelf MultiplyBy3B(in TSelf a);

    /// <summary>Reads the canonical encoding; refuses every other spelling.</summary>
    static abstract bool TryRead(ReadOnlySpan<byte> bytes, out TSelf value);

    void Write(Span<byte> destination);

    /// <summary>A square root, if there is one. Variable time.</summary>
    bool TrySquareRoot(out TSelf root);

    /// <summary>
    /// All ones if this is the larger of a and −a, the sign bit of point encodings: a mask, because shared secrets are
    /// encoded too.
    /// </summary>
    ulong LargerMask();
}
