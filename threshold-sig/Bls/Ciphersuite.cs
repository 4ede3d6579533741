using System.Text;

namespace SupplyChain.ThresholdSig.Bls;

/// <summary>
/// One of the BLS suites with signatures in G1 and public keys in G2, known by its domain separation tag
/// (draft-irtf-cfrg-bls-signature, §4): the tag keeps signatures of one suite from passing in another.
/// </summary>
public sealed record Ciphersuite
{
    private readonly byte[] _tag;

    private Ciphersuite(string name)
    {
        Name = name;
        _tag = Encoding.ASCII.GetBytes(name);
    }

    /// <summary>The suite of all signatures made here: signers prove possession of their keys.</summary>
    public static Ciphersuite Default { get; } = new("BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_");

    /// <summary>The basic suite, used by drand's quicknet.</summary>
    public static Ciphersuite Basic { get; } = new("BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_");

    public string Name { get; }

    // The suite of the proofs of possession that belong to Default.
    internal static Ciphersuite Possession { get; } = new("BLS_POP_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_");

    internal ReadOnlySpan<byte> Tag => _tag;

    /// <summary>A suite by its tag: 1 to 255 characters of printable ASCII.</summary>
    public static Ciphersuite ForDst(string tag)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tag.Length, 255);
        if (tag.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            throw new ArgumentException("A tag is printable ASCII.", nameof(tag));

        return new Ciphersuite(tag);
    }

    public bool Equals(Ciphersuite? other) => other is not null && Name == other.Name;

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Name;
}
