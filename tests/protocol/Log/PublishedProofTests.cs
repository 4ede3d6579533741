using System.Text.Json;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Log;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Protocol.Tests.Log;

/// <summary>The proofs of transparency-dev/merkle: what its authors accept and refuse, so do we.</summary>
public sealed class PublishedProofTests
{
    // Its roots are 12 bytes that are not looked at; our digests have 32 or are none.
    private const string WithRootsOfTwelveBytes = "sizes-are-equal-one-and-proof-is-empty.json";

    [Fact]
    public void Inclusion_proofs_in_the_project_are_judged_as_published() =>
        CheckAll(RepositoryRoot.Combine("tests", "vectors", "merkle", "inclusion"), 18, AcceptsInclusion);

    [Fact]
    public void Consistency_proofs_in_the_project_are_judged_as_published() =>
        CheckAll(RepositoryRoot.Combine("tests", "vectors", "merkle", "consistency"), 21, AcceptsConsistency);

    [SharedVectorsFact("merkle")]
    public void All_published_inclusion_proofs_are_judged_as_published() =>
        CheckAll(Path.Combine(SharedVectors.Folder("merkle"), "inclusion"), 98, AcceptsInclusion);

    [SharedVectorsFact("merkle")]
    public void All_published_consistency_proofs_are_judged_as_published() =>
        CheckAll(Path.Combine(SharedVectors.Folder("merkle"), "consistency"), 98, AcceptsConsistency);

    private static void CheckAll(string folder, int count, Func<JsonElement, bool> accepts)
    {
        string[] files = Directory.GetFiles(folder, "*.json", SearchOption.AllDirectories);
        Assert.Equal(count, files.Length);
        foreach (string file in files)
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            bool expected = !json.RootElement.GetProperty("wantErr").GetBoolean();
            if (Path.GetFileName(file) == WithRootsOfTwelveBytes) expected = false;
            Assert.True(expected == accepts(json.RootElement), file);
        }
    }

    private static bool AcceptsInclusion(JsonElement json)
    {
        ulong index = json.GetProperty("leafIdx").GetUInt64();
        if (!TreeSize.TryCreate(json.GetProperty("treeSize").GetUInt64(), out var size)) return false;
        if (!TryDigest(json, "leafHash", out var leaf) || !TryDigest(json, "root", out var root)) return false;

        var reader = new ByteReader(ProofBytes(json));
        return InclusionProof.TryRead(ref reader, index, size, out var proof) && reader.AtEnd &&
            proof.Verify(leaf, root);
    }

    private static bool AcceptsConsistency(JsonElement json)
    {
        if (!TreeSize.TryCreate(json.GetProperty("size1").GetUInt64(), out var oldSize)) return false;
        if (!TreeSize.TryCreate(json.GetProperty("size2").GetUInt64(), out var newSize)) return false;
        if (!TryDigest(json, "root1", out var oldRoot) || !TryDigest(json, "root2", out var newRoot)) return false;

        var reader = new ByteReader(ProofBytes(json));
        return ConsistencyProof.TryRead(ref reader, oldSize, newSize, out var proof) && reader.AtEnd &&
            proof.Verify(oldRoot, newRoot);
    }

    private static bool TryDigest(JsonElement json, string name, out Digest digest) =>
        Digest.TryRead(Convert.FromBase64String(json.GetProperty(name).GetString()!), out digest);

    private static byte[] ProofBytes(JsonElement json)
    {
        var hashes = json.GetProperty("proof");
        var writer = new ByteWriter();
        if (hashes.ValueKind == JsonValueKind.Null) return writer.U8(0).ToArray();

        writer.U8((byte)hashes.GetArrayLength());
        foreach (var hash in hashes.EnumerateArray()) writer.Bytes(Convert.FromBase64String(hash.GetString()!));
        return writer.ToArray();
    }
}
