using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Log;
using SupplyChain.RepoNode.Operations;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Api;

/// <summary>
/// The log as any C2SP client reads it: checkpoint, tiles, entry bundles; and the trust roots (docs/protocol.md §10).
/// </summary>
internal sealed class LogEndpoints(NodeState state, TileStore tiles, FirstRoot root, RootUpdates updates)
{
    private const string Binary = "application/octet-stream";

    public IResult GetCheckpoint(HttpContext context) => state.Current.Certified is { } certified
        ? StaticContent.Current(context, certified.Note.ToArray(), "text/plain; charset=utf-8")
        : Problem.Starting();

    public IResult GetTile(HttpContext context, string path)
    {
        byte[]? data;
        path = $"tile/{path}";
        if (EntryBundle.TryParsePath(path, out var bundle)) data = tiles.Read(bundle);
        else if (Tile.TryParsePath(path, out var tile)) data = tiles.Read(tile);
        else return Problem.Malformed("Not the path of a tile or an entry bundle.");

        return data is null
            ? Problem.NotFound("The log is not that long yet.")
            : StaticContent.Bytes(context, data, Binary);
    }

    /// <summary>The first root in its envelope; a later one with the proof that it was logged.</summary>
    public IResult GetTrust(HttpContext context, string file)
    {
        const string Extension = ".update";
        if (!file.EndsWith(Extension, StringComparison.Ordinal) || !StrictDecimal.TryDecode(file.AsSpan(..^Extension.Length), out ulong version))
            return Problem.Malformed("Not the path of a trust root.");
        if (version == 1) return StaticContent.Bytes(context, root.Entry.ToArray(), "application/json");

        return updates.Read(version) is { } update
            ? StaticContent.Bytes(context, update, Binary)
            : Problem.NotFound("There is no such trust root.");
    }
}
