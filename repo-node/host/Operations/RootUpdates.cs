using System.Globalization;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Verification;
using SupplyChain.RepoNode.Core.Ledger;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Operations;

/// <summary>
/// The files <c>/trust/&lt;N&gt;.update</c> for every trust root after the first (docs/protocol.md §8), written once, when the
/// rotation's checkpoint is certified, and served for ever: agents that slept for years walk them.
/// </summary>
internal sealed class RootUpdates(NodeFiles files, TileStore tiles)
{
    private ulong _kept = 1;

    /// <summary>Writes those that are not there yet. When it returns, they are on the disk.</summary>
    /// <param name="note">A certified checkpoint.</param>
    /// <param name="ledger">The ledger it is about.</param>
    public void Keep(ReadOnlyMemory<byte> note, LedgerState ledger)
    {
        for (; _kept < ledger.TrustRoot.Version; _kept++)
        {
            string path = PathOf(_kept + 1);
            if (File.Exists(path)) continue;

            DurableFile.CreateDirectory(Path.GetDirectoryName(path)!, DurableFile.PublicDirectory);
            DurableFile.Write(path, UpdateOf(_kept + 1, note, ledger).ToBytes(), DurableFile.Public);
        }
    }

    /// <summary>Null when that root is not certified yet.</summary>
    public byte[]? Read(ulong version)
    {
        string path = PathOf(version);
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }

    private RootUpdate UpdateOf(ulong version, ReadOnlyMemory<byte> note, LedgerState ledger)
    {
        var size = new TreeSize(ledger.Size);
        ulong index = IndexOf(version, ledger);
        bool read = Envelope.TryRead(tiles.Entry(IndexOf(version - 1, ledger), size), out var before);
        Invariant.Holds(read && before is not null, "the log's entries are envelopes");

        var proof = ProofBuilder.Inclusion(tiles.At(size), index, size);
        return new RootUpdate(note, new IncludedEntry(tiles.Entry(index, size), proof), before.Payload);
    }

    private static ulong IndexOf(ulong version, LedgerState ledger)
    {
        bool known = ledger.Map.TryGet(MapKey.Root(version), out var value);
        Invariant.Holds(known, "the map has a row for every trust root");
        bool read = RootRow.TryRead(value.Span, out var row);
        Invariant.Holds(read && row is not null, "the map holds canonical rows");
        return row.Index;
    }

    private string PathOf(ulong version) =>
        files.Served(string.Create(CultureInfo.InvariantCulture, $"trust/{version}.update"));
}
