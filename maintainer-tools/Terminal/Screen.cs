using Spectre.Console;
using Spectre.Console.Rendering;

namespace SupplyChain.MaintainerTools.Terminal;

/// <summary>
/// Where a command speaks: its result on standard output, everything else on standard error. With <c>--json</c> standard
/// output is left to the one JSON object. Colour and moving parts only where a person watches (docs/protocol.md §13).
/// </summary>
internal sealed class Screen
{
    // A file or pipe has no width of its own; tables must not wrap names and digests there.
    private const int UnboundedWidth = 240;

    private readonly TextWriter _output;
    private readonly TextWriter _error;
    private readonly IAnsiConsole _results;
    private readonly IAnsiConsole _messages;

    public Screen(TextWriter output, TextWriter error)
    {
        _output = output;
        _error = error;
        _results = Console(output, IsWatched(output, System.Console.Out, System.Console.IsOutputRedirected));
        IsLive = IsWatched(error, System.Console.Error, System.Console.IsErrorRedirected);
        _messages = Console(error, IsLive);
    }

    /// <summary>A person watches standard error: progress bars and spinners make sense.</summary>
    public bool IsLive { get; }

    /// <summary>A line of the result.</summary>
    public void Line(string text = "") => _output.WriteLine(Printable(text));

    /// <summary>A table or styled text of the result.</summary>
    public void Show(IRenderable renderable) => _results.Write(renderable);

    /// <summary>A line beside the result.</summary>
    public void Note(string text) => _error.WriteLine(Printable(text));

    /// <summary>A question beside the result; the answer is typed behind it.</summary>
    public void Prompt(string text) => _error.Write(Printable(text));

    /// <summary>Asks a person on the terminal; only a typed "yes" is one.</summary>
    public bool Confirm(string question)
    {
        Prompt(question);
        return string.Equals(System.Console.ReadLine()?.Trim(), "yes", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Runs work that reports to progress bars on standard error; without a watcher it reports to nobody.</summary>
    public Task<T> WithProgressAsync<T>(Func<ProgressBoard, Task<T>> work)
    {
        if (!IsLive) return work(new ProgressBoard(null));

        return _messages.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context => work(new ProgressBoard(context)));
    }

    /// <summary>Runs work that waits for others; what it waits for is shown by a spinner, or as a line each time it changes.</summary>
    public Task<T> WithStatusAsync<T>(Func<Action<string>, Task<T>> work)
    {
        if (IsLive) return _messages.Status().StartAsync("…", context => work(text => context.Status(Markup.Escape(Printable(text)))));

        string last = "";
        return work(text =>
        {
            if (text != last) Note(text);
            last = text;
        });
    }

    // Names of files in shared folders are others' text: an escape sequence in one could rewrite what the terminal shows.
    private static string Printable(string text) =>
        text.Any(IsUnsafe) ? string.Concat(text.Select(c => IsUnsafe(c) ? '\uFFFD' : c)) : text;

    // Format characters turn the direction of writing around.
    private static bool IsUnsafe(char c) =>
        c != '\n' && (char.IsControl(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format);

    private static bool IsWatched(TextWriter writer, TextWriter standard, bool redirected) =>
        ReferenceEquals(writer, standard) && !redirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    private static IAnsiConsole Console(TextWriter writer, bool watched)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = watched ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = watched ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = watched ? InteractionSupport.Detect : InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        if (!watched) console.Profile.Width = UnboundedWidth;
        return console;
    }
}

/// <summary>Progress bars, or nothing where nobody watches.</summary>
internal sealed class ProgressBoard(ProgressContext? context)
{
    public ProgressBar Add(string label, long total) =>
        new(context?.AddTask(Markup.Escape(label), maxValue: Math.Max(total, 1)));
}

/// <summary>One progress bar; safe to report to from any thread.</summary>
internal sealed class ProgressBar(ProgressTask? task)
{
    public void Report(long done)
    {
        if (task is not null) task.Value = done;
    }

    public void Label(string text)
    {
        if (task is not null) task.Description = Markup.Escape(text);
    }
}
