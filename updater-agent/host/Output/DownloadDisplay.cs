using Spectre.Console;
using Spectre.Console.Rendering;
using SupplyChain.UpdaterAgent.Downloads;

namespace SupplyChain.UpdaterAgent.Output;

/// <summary>Shows a download: bytes, rate and time left in a bar on a terminal, else a line now and then.</summary>
internal sealed class DownloadDisplay(Screen screen, TimeProvider? clock = null)
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <param name="name">Of the artifact.</param>
    /// <param name="total">Its bytes.</param>
    /// <param name="download">Reports the bytes kept.</param>
    public async Task<DownloadResult> Show(string name, long total, Func<IDownloadProgress, Task<DownloadResult>> download)
    {
        if (!screen.HasBars)
        {
            screen.Progress.MarkupLineInterpolated($"downloading {name}, {Quantity.Bytes(total)}");
            return await download(new Lines(screen, name, new DownloadPace(total, _clock), _clock));
        }

        return await screen.Progress.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new BytesColumn(),
                new RemainingTimeColumn())
            .StartAsync(context => download(new Bar(context.AddTask(Markup.Escape(name), maxValue: Math.Max(1, total)))));
    }

    // The library's own columns count in 1024s under the names of decimal units.
    private sealed class BytesColumn : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text($"{Quantity.Bytes(task.Value)} of {Quantity.Bytes(task.MaxValue)}, {Quantity.Bytes(task.Speed ?? 0)}/s");
    }

    private sealed class Lines(Screen screen, string name, DownloadPace pace, TimeProvider clock) : IDownloadProgress
    {
        private long _last = clock.GetTimestamp();

        public void Report(long keptBytes, long totalBytes)
        {
            pace.Report(keptBytes);
            if (clock.GetElapsedTime(_last) < BetweenLines) return;

            _last = clock.GetTimestamp();
            screen.Progress.MarkupLineInterpolated($"downloading {name}: {pace.ToString()}");
        }
    }

    private sealed class Bar(ProgressTask task) : IDownloadProgress
    {
        public void Report(long keptBytes, long totalBytes) => task.Value = keptBytes;
    }
}
