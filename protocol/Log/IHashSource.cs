namespace SupplyChain.Protocol.Log;

/// <summary>Where the hashes of a tree's complete subtrees come from: tiles, or memory.</summary>
public interface IHashSource
{
    /// <summary>
    /// The root of the complete subtree over the leaves [index · 2^level, (index + 1) · 2^level). Asked only for
    /// subtrees that lie wholly in the tree a proof is about.
    /// </summary>
    Digest NodeAt(int level, ulong index);
}
