using System.CommandLine;
using System.Text.Json.Nodes;
using SupplyChain.MaintainerTools.Terminal;

namespace SupplyChain.MaintainerTools.Commands;

/// <summary>
/// A command that does something. Its work returns an <see cref="Outcome"/> or throws a <see cref="CommandFailure"/>; both are
/// printed here, in the form that was asked for, and become the exit code.
/// </summary>
internal sealed class Leaf : Command
{
    public const string JsonName = "--json";

    public Leaf(string name, string description, string example, Func<Invocation, CancellationToken, Task<Outcome>> work)
        : base(name, description)
    {
        Example = example;
        SetAction(async (parsed, cancellation) => (int)await RunAsync(parsed, work, cancellation).ConfigureAwait(false));
    }

    public string Example { get; }

    /// <summary>Prints a failure.</summary>
    public static ExitCode Report(CommandFailure failure, Screen screen, bool json)
    {
        if (json)
        {
            var error = new JsonObject
            {
                ["code"] = (int)failure.Code,
                ["name"] = failure.Name,
                ["message"] = failure.Message,
                ["hint"] = failure.Hint,
            };
            screen.Line(new JsonObject { ["error"] = error }.ToJsonString());
        }
        else
        {
            screen.Note($"share: {failure.Message}");
            screen.Note($"  what to do: {failure.Hint}");
        }

        return failure.Code;
    }

    private static async Task<ExitCode> RunAsync(
        ParseResult parsed, Func<Invocation, CancellationToken, Task<Outcome>> work, CancellationToken cancellation)
    {
        var screen = new Screen(parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        bool json = parsed.GetValue<bool>(JsonName);
        try
        {
            var outcome = await work(new Invocation(parsed, screen, json), cancellation).ConfigureAwait(false);
            if (json) screen.Line(outcome.Json.ToJsonString());
            else outcome.Show(screen);
            return outcome.Code;
        }
        catch (CommandFailure failure)
        {
            return Report(failure, screen, json);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Report(new CommandFailure(ExitCode.Interrupted, "interrupted", "Interrupted.", "run the command again"), screen, json);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or HttpRequestException)
        {
            var world = CommandFailure.Failed("failed", e.Message, "check the disk, the network and the permissions, then run it again");
            return Report(world, screen, json);
        }
    }
}

/// <summary>What a command was asked, and where it speaks.</summary>
internal sealed record Invocation(ParseResult Arguments, Screen Screen, bool Json)
{
    /// <summary>An option's value; it is required or has a default.</summary>
    public T Get<T>(Option<T> option) => Arguments.GetRequiredValue(option);

    /// <summary>What stands in its place; it is required.</summary>
    public T Get<T>(Argument<T> argument) => Arguments.GetRequiredValue(argument);

    /// <summary>An option's value, or null when it was not given.</summary>
    public T? Find<T>(Option<T> option) => Arguments.GetValue(option);

    public PassphraseSource Passphrase(Option<int?> descriptor) => new(Arguments.GetValue(descriptor), Screen);
}
