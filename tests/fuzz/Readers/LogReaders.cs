using SupplyChain.Protocol;
using SupplyChain.Protocol.Artifacts;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Verification;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Fuzz.Tests.Readers;

/// <summary>Trees, proofs and bundles of <c>protocol</c>.</summary>
internal static class LogReaders
{
    private static readonly MemoryTree Tree = MemoryTree.Of(700);
    private static readonly byte[] Artifact = ArtifactBytes();
    private static readonly VerityTree Verity = VerityHasher.Compute(Artifact);

    public static IEnumerable<Reader> All => [.. Proofs(), .. Paths(), .. Bundles()];

    private static IEnumerable<Reader> Proofs() =>
    [
        Reader.Of("protocol.frontier", typeof(Frontier), nameof(Frontier.TryRead), bytes =>
        {
            var reader = new ByteReader(bytes);
            return Frontier.TryRead(ref reader, out var frontier) && reader.AtEnd ? Written(frontier.WriteTo) : Answer.Refused;
        }, () => [Write(FrontierOf(0).WriteTo), Write(FrontierOf(13).WriteTo)]),
        Reader.Of("protocol.inclusion-proof", typeof(InclusionProof), nameof(InclusionProof.TryRead), bytes =>
        {
            var reader = new ByteReader(bytes);
            if (!InclusionProof.TryRead(ref reader, 300, Tree.Size, out var proof) || !reader.AtEnd) return Answer.Refused;
            proof.Verify(Tree.LeafAt(300), Tree.Root);
            return Written(proof.WriteTo);
        }, () => [Write(ProofBuilder.Inclusion(Tree, 300, Tree.Size).WriteTo)]),
        Reader.Of("protocol.consistency-proof", typeof(ConsistencyProof), nameof(ConsistencyProof.TryRead), bytes =>
        {
            var reader = new ByteReader(bytes);
            if (!ConsistencyProof.TryRead(ref reader, new TreeSize(300), Tree.Size, out var proof) || !reader.AtEnd) return Answer.Refused;
            proof.Verify(Tree.RootAt(new TreeSize(300)), Tree.Root);
            return Written(proof.WriteTo);
        }, () => [Write(ProofBuilder.Consistency(Tree, new TreeSize(300), Tree.Size).WriteTo)]),
        new Reader("protocol.map-proof", bytes =>
        {
            if (!MapProof.TryRead(bytes, out var proof)) return Answer.Refused;
            proof.VerifyAbsence(Digest.Of([]), MapKey.Root(9));
            proof.VerifyPresence(Digest.Of([]), MapKey.Root(1), "x"u8);
            return Answer.Accept(proof.ToBytes());
        }, () => [Samples.Log().Map.Prove(MapKey.Root(1)).ToBytes(), Samples.Log().Map.Prove(MapKey.Root(9)).ToBytes(),
            MapTree.Empty.Prove(MapKey.Root(1)).ToBytes()])
        {
            Covers = [(typeof(MapProof), nameof(MapProof.TryRead)), (typeof(MapProofTerminal), nameof(MapProofTerminal.TryRead))],
        },
        Reader.Of("protocol.verity-tree", typeof(VerityTree), nameof(VerityTree.TryRead), bytes =>
            VerityTree.TryRead(bytes, Artifact.Length, Verity.Digest, out var tree) ? Answer.Accept(tree.Bytes.ToArray()) : Answer.Refused,
            () => [Verity.Bytes.ToArray()]),
    ];

    private static IEnumerable<Reader> Paths() =>
    [
        new Reader("protocol.tile-path", bytes =>
        {
            string path = ProtocolReaders.Latin(bytes);
            if (Tile.TryParsePath(path, out var tile)) return Answer.Accept(ProtocolReaders.Ascii(tile.Path));
            return EntryBundle.TryParsePath(path, out var bundle) ? Answer.Accept(ProtocolReaders.Ascii(bundle.Path)) : Answer.Refused;
        }, () => [ProtocolReaders.Ascii(new Tile(1, 1_234_067, 9).Path), ProtocolReaders.Ascii(new Tile(5, 0, 256).Path),
            ProtocolReaders.Ascii(new EntryBundle(70_001, 256).Path)])
        {
            Covers = [(typeof(Tile), nameof(Tile.TryParsePath)), (typeof(EntryBundle), nameof(EntryBundle.TryParsePath)),
                (typeof(TilePath), nameof(TilePath.TryParse))],
        },
        Reader.Of("protocol.entry-bundle", typeof(EntryBundle), nameof(EntryBundle.TryRead), bytes =>
            new EntryBundle(0, 3).TryRead(bytes, out var entries)
                ? Answer.Accept(EntryBundle.Encode(entries.Select(entry => (ReadOnlyMemory<byte>)entry)))
                : Answer.Refused,
            () => [EntryBundle.Encode([.. Samples.Envelopes().Take(3).Select(entry => (ReadOnlyMemory<byte>)entry)])]),
    ];

    private static IEnumerable<Reader> Bundles() =>
    [
        Reader.Of("protocol.update", typeof(UpdateProof), nameof(UpdateProof.TryRead), bytes =>
        {
            if (!UpdateProof.TryRead(bytes, out var proof)) return Answer.Refused;
            new UpdateVerifier(Samples.Network.Root).Verify(
                proof, new UpdateRequest(TestNetwork.Product, TestNetwork.Channel), TestNetwork.Created + 10_000);
            return Answer.Accept(proof.ToBytes());
        }, () => [Samples.Log().Prove(TestNetwork.Created + 10_000, from: new TreeSize(2)).ToBytes(),
            new TestLog(Samples.Network).Prove(TestNetwork.Created).ToBytes()]),
        Reader.Of("protocol.map-answer", typeof(MapAnswer), nameof(MapAnswer.TryRead), bytes =>
            MapAnswer.TryRead(bytes, out var answer) ? Answer.Accept(answer.ToBytes()) : Answer.Refused,
            () => [new MapAnswer(Samples.Note(), Samples.Log().Include(Samples.Log().Size.Value - 1),
                ProvenRow.Of(Samples.Log().Map, MapKey.Root(1))).ToBytes()]),
    ];

    private static Frontier FrontierOf(int leaves) =>
        Enumerable.Range(0, leaves).Aggregate(Frontier.Empty, (frontier, leaf) => frontier.Append(Tree.LeafAt((ulong)leaf)));

    private static byte[] Write(Action<ByteWriter> write)
    {
        var writer = new ByteWriter();
        write(writer);
        return writer.ToArray();
    }

    private static Answer Written(Action<ByteWriter> write) => Answer.Accept(Write(write));

    // Two levels of hashes: more than 128 blocks.
    private static byte[] ArtifactBytes()
    {
        byte[] bytes = new byte[600_000];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
