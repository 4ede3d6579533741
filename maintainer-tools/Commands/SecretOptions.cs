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

    public static Option<int> WorkFactor()
    {
        var option = new Option<int>("--work-factor")
        {
            Description = $"Binary logarithm of scrypt's cost, {ToolLimits.MinWorkFactor} to {ToolLimits.MaxWorkFactor}. "
                + "Each step doubles the time and memory that a guess costs.",
            HelpName = "N",
            DefaultValueFactory = _ => ToolLimits.DefaultWorkFactor,
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < ToolLimits.MinWorkFactor or > ToolLimits.MaxWorkFactor)
                result.AddError($"--work-factor is {ToolLimits.MinWorkFactor} to {ToolLimits.MaxWorkFactor}.");
        });
        return option;
    }
}
