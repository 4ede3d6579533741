using System.Text;
using Spectre.Console;
using SupplyChain.UpdaterAgent.Output.Reports;

namespace SupplyChain.UpdaterAgent.Output;

/// <summary>
/// Where a command speaks. With <c>--json</c> standard output gets one object and nothing else; results for people go to
/// standard output, progress to standard error. Colour and bars only on a terminal that wants them.
/// </summary>
internal sealed class Screen
{
    public Screen(TextWriter output, TextWriter error, bool json, bool isTerminal)
    {
        Output = output;
        IsJson = json;
        bool plain = !WantsColour(isTerminal, Environment.GetEnvironmentVariable("NO_COLOR"), Environment.GetEnvironmentVariable("TERM"));
        HasBars = !json && !plain;
        Results = Over(output, plain);
        Progress = Over(error, plain);
    }

    /// <summary>Standard output.</summary>
    public TextWriter Output { get; }

    public bool IsJson { get; }

    /// <summary>Progress bars and colour are wanted.</summary>
    public bool HasBars { get; }

    /// <summary>For the result, when not <c>--json</c>.</summary>
    public IAnsiConsole Results { get; }

    /// <summary>For what happens on the way.</summary>
    public IAnsiConsole Progress { get; }

    public static Screen OfProcess(bool json)
    {
        bool isTerminal = !Console.IsOutputRedirected && !Console.IsErrorRedirected;
        return new Screen(Console.Out, Console.Error, json, isTerminal);
    }

    /// <summary>NO_COLOR (no-color.org) counts when it is not empty.</summary>
    internal static bool WantsColour(bool isTerminal, string? noColour, string? terminal) =>
        isTerminal && string.IsNullOrEmpty(noColour) && terminal != "dumb";

    /// <summary>One report, in the form that was asked for.</summary>
    public void Show(Report report)
    {
        if (IsJson) Output.WriteLine(Encoding.UTF8.GetString(report.ToJson()));
        else report.Print(report.ExitCode == ExitCode.Done ? Results : Progress);
    }

    private static IAnsiConsole Over(TextWriter writer, bool plain)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = plain ? InteractionSupport.No : InteractionSupport.Detect,
            Out = new AnsiConsoleOutput(writer),
        });
        // Not a terminal: lines are for other programs, which wrap nothing.
        if (plain) console.Profile.Width = 500;
        return console;
    }
}
