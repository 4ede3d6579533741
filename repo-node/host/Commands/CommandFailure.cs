namespace SupplyChain.RepoNode.Commands;

/// <summary>Why a command could not do its work, and what its user can do about it.</summary>
/// <param name="code">How the program ends.</param>
/// <param name="name">Stable, kebab case.</param>
/// <param name="message">What happened.</param>
/// <param name="hint">What to do.</param>
internal sealed class CommandFailure(ExitCode code, string name, string message, string hint) : Exception(message)
{
    public ExitCode Code { get; } = code;

    public string Name { get; } = name;

    public string Hint { get; } = hint;
}
