namespace SupplyChain.MaintainerTools.Demo.Cast;

/// <summary>What the demo publishes, under which names.</summary>
internal static class Release
{
    public const string Origin = "updates.example.org/linux";
    public const string Product = "linux-image";
    public const string Channel = "stable";
    public const string Role = "kernel";
}
