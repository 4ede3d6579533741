namespace SupplyChain.MaintainerTools.Terminal;

/// <summary>How a command ended (docs/protocol.md §13).</summary>
internal enum ExitCode
{
    Done = 0,
    Failed = 1,
    Usage = 2,
    Environment = 3,
    Refused = 4,
    NoQuorum = 5,
    Locked = 6,
    Interrupted = 130,
}
