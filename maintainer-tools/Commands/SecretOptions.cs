using System.CommandLine;

namespace SupplyChain.MaintainerTools.Commands;

/// <summary>The options of every command that opens or seals a secret.</summary>
internal static class SecretOptions
{
    public static Option<int?> PassphraseDescriptor() => new("--passphrase-fd")
    {
        Description = "Read the passphrase from the first line of this open descriptor (0 is standard input) instead of asking.",
        HelpName = "N",
    };

    public static Option<int> WorkFactor() => new Option<int>("--work-factor")
    {
        Description = $"Binary logarithm of scrypt's cost, {ToolLimits.MinWorkFactor} to {ToolLimits.MaxWorkFactor}. "
            + "Each step doubles the time and memory that a guess costs.",
        HelpName = "N",
        DefaultValueFactory = _ => ToolLimits.DefaultWorkFactor,
    }.Within(ToolLimits.MinWorkFactor, ToolLimits.MaxWorkFactor);
}
