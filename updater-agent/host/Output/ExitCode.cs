namespace SupplyChain.UpdaterAgent.Output;

/// <summary>What a command ends with (docs/protocol.md §13).</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int Environment = 3;
    public const int Refused = 4;
    public const int NoQuorum = 5;
    public const int Locked = 6;
    public const int Interrupted = 130;
}
