using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Log;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Protocol.Tests.Log;

/// <summary>
/// One hash over many values of each format of our own: a format never changes by accident. Computed from RFC 6962's
/// definitions by another program.
/// </summary>
public sealed class WireLockTests
{
    private static readonly MemoryTree Tree = MemoryTree.Of(64);

    [Fact]
    public void Frontiers_keep_their_bytes() =>
        Assert.Equal("e751a6025ea1533468cfd7bea098a89b266b2d523d56a648470e443d51dc9917",
            Locked((writer, size) => ProofBuilder.Frontier(Tree, new TreeSize(size)).WriteTo(writer)));

    [Fact]
    public void Inclusion_proofs_keep_their_bytes() =>
        Assert.Equal("bebff6e9f7ab3a99be29a7d389e2a33c016f08586a4820b074361e4fc527e0e2",
            Locked((writer, size) => ProofBuilder.Inclusion(Tree, size / 3, new TreeSize(size)).WriteTo(writer)));

    [Fact]
    public void Consistency_proofs_keep_their_bytes() =>
        Assert.Equal("de485999ca8ceca77a97b07cb6338ce42cde72a7062ef22be0dd2f1a979a1eb3",
            Locked((writer, size) =>
                ProofBuilder.Consistency(Tree, new TreeSize(size / 3 + 1), new TreeSize(size)).WriteTo(writer)));

    private static string Locked(Action<ByteWriter, ulong> write)
    {
        var writer = new ByteWriter();
        for (ulong size = 1; size <= Tree.Size.Value; size++) write(writer, size);
        return Digest.Of(writer.WrittenSpan).ToHex();
    }
}
