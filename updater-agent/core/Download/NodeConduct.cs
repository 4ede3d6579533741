namespace SupplyChain.UpdaterAgent.Core.Download;

/// <summary>How one node stands in one download.</summary>
public enum NodeStanding
{
    /// <summary>Asked, or resting after a failure.</summary>
    InUse,

    /// <summary>Failed too often in a row.</summary>
    Dropped,

    /// <summary>Gave bytes that contradict the attested tree or the request: never asked again.</summary>
    Liar,
}

/// <summary>What one node did in one download, for the report.</summary>
/// <param name="Node">Index in the trust root's order.</param>
/// <param name="Standing">At the end of it.</param>
/// <param name="Pieces">Pieces kept from it.</param>
/// <param name="Faults">Everything that went wrong, oldest first.</param>
public sealed record NodeConduct(int Node, NodeStanding Standing, int Pieces, IReadOnlyList<NodeFault> Faults);
