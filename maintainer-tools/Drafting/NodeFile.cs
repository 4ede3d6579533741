using SupplyChain.MaintainerTools.Shares;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol.Trust;

namespace SupplyChain.MaintainerTools.Drafting;

/// <summary>What an operator hands over about a node: <c>node.json</c> (docs/protocol.md §13), in the form of the trust root.</summary>
internal static class NodeFile
{
    /// <exception cref="CommandFailure">Not readable, or not a node's description.</exception>
    public static NodeIdentity Load(string path) =>
        NodeIdentity.TryRead(DurableFile.Read(path, ToolLimits.MaxPublicFile), out var node)
            ? node
            : throw CommandFailure.Refused("node-malformed", $"{path} is not a node's description.",
                "ask the operator for the node.json that `repo-node init` wrote");
}
