using System.Text;
using Spectre.Console;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.RepoNode.Commands;

/// <summary>
/// How a command speaks: to a person in words, or with <c>--json</c> as one object on standard output and nothing else
/// there (docs/protocol.md §13).
/// </summary>
internal sealed class Screen(bool json)
{
    private const int UnboundedWidth = 240;

    /// <summary>The command's result.</summary>
    public void Result(CanonicalJsonWriter result, Action<IAnsiConsole> words)
    {
        if (json) Console.Out.WriteLine(Encoding.UTF8.GetString(result.ToArray()));
        else words(Watched() ? AnsiConsole.Console : Plain());
    }

    public void Failure(CommandFailure failure)
    {
        if (json)
        {
            var error = new CanonicalJsonWriter().BeginObject().Name("error").BeginObject()
                .Field("code", (ulong)failure.Code)
                .Field("name", failure.Name)
                .Field("message", Plain(failure.Message))
                .Field("hint", Plain(failure.Hint))
                .EndObject().EndObject();
            Console.Out.WriteLine(Encoding.UTF8.GetString(error.ToArray()));
            return;
        }

        Console.Error.WriteLine($"error: {Plain(failure.Message)}");
        Console.Error.WriteLine($"  {Plain(failure.Hint)}");
    }

    // A person at a terminal who wants colour (docs/protocol.md §13).
    private static bool Watched() => !Console.IsOutputRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    private static IAnsiConsole Plain()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(Console.Out),
        });
        // A file or pipe has no width of its own; what stands in one line must not wrap there.
        console.Profile.Width = UnboundedWidth;
        return console;
    }

    // Messages may hold what a node or a file said: neither canonical JSON nor a terminal takes all of that.
    private static string Plain(string text) => CanonicalJson.IsText(text) && !text.Any(char.IsControl)
        ? text
        : string.Concat(text.Where(c => char.IsAscii(c) && !char.IsControl(c)));
}
