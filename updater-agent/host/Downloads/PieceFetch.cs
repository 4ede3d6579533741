using System.Buffers;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Artifacts;
using SupplyChain.UpdaterAgent.Core;
using SupplyChain.UpdaterAgent.Core.Download;
using SupplyChain.UpdaterAgent.Transport;

namespace SupplyChain.UpdaterAgent.Downloads;

/// <summary>One request for one piece: it is written only when it fits the tree.</summary>
internal sealed class PieceFetch(NodeClient nodes, Digest artifact, VerityTree tree, PieceFile file)
{
    /// <param name="assignment">Which piece from which node.</param>
    /// <param name="progress">Told the bytes received so far.</param>
    /// <param name="stop">Ends the request.</param>
    /// <returns>Null when the piece is stored, else what the node did.</returns>
    public async Task<NodeFault?> Run(Assignment assignment, Action<long> progress, CancellationToken stop)
    {
        int length = tree.PieceLength(assignment.Piece);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var bytes = buffer.AsMemory(0, length);
            long first = PieceFile.OffsetOf(assignment.Piece);
            if (await nodes.Piece(assignment.Node, artifact, first, bytes, tree.Size, progress, stop) is { } fault)
            {
                return fault;
            }

            if (tree.FindBadBlock(assignment.Piece, bytes.Span) is { } block)
            {
                return new NodeFault(FaultKind.AlteredPiece, $"piece {assignment.Piece}: the 4 KiB block {block} is not the attested one");
            }

            file.Write(assignment.Piece, bytes.Span);
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
