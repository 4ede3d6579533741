namespace SupplyChain.MaintainerTools.Terminal;

/// <summary>
/// Why a command could not do what it was asked: what happened, to what, and what to do next. Caught in one place, which
/// prints it. It never carries a secret.
/// </summary>
internal sealed class CommandFailure(ExitCode code, string name, string message, string hint) : Exception(message)
{
    public ExitCode Code { get; } = code;

    /// <summary>Stable, in kebab case, for scripts.</summary>
    public string Name { get; } = name;

    public string Hint { get; } = hint;

    public static CommandFailure Failed(string name, string message, string hint) => new(ExitCode.Failed, name, message, hint);

    public static CommandFailure Usage(string name, string message, string hint) => new(ExitCode.Usage, name, message, hint);

    public static CommandFailure Environment(string name, string message, string hint) =>
        new(ExitCode.Environment, name, message, hint);

    public static CommandFailure Refused(string name, string message, string hint) =>
        new(ExitCode.Refused, name, message, hint);

    public static CommandFailure NoQuorum(string name, string message, string hint) =>
        new(ExitCode.NoQuorum, name, message, hint);

    public static CommandFailure Locked(string name, string message, string hint) => new(ExitCode.Locked, name, message, hint);
}
