using System.CommandLine;
using System.Diagnostics;
using SupplyChain.MaintainerTools.Commands;
using SupplyChain.MaintainerTools.Terminal;

namespace SupplyChain.MaintainerTools.Demo;

/// <summary><c>share demo</c>: the whole path once, with the product's own programs as processes of their own.</summary>
internal static class DemoCommand
{
    public static Command Build()
    {
        var folder = new Option<string?>("--dir") { Description = "Work here and leave everything in place; default: a temporary folder.", HelpName = "D" };
        var payload = new Option<string?>("--payload") { Description = "Publish this file; default: the distribution's kernel image.", HelpName = "FILE" };
        var keepRunning = new Option<bool>("--keep-running") { Description = "Leave the network up until Ctrl-C." };

        return new Leaf("demo", "Everything once, on this machine: ceremony, network, release, update, and what attackers try.",
            "share demo --keep-running", (invocation, cancellation) => RunAsync(
                invocation, invocation.Find(folder), invocation.Find(payload), invocation.Get(keepRunning), cancellation))
        { folder, payload, keepRunning };
    }

    private static async Task<Outcome> RunAsync(
        Invocation invocation, string? folder, string? file, bool keepRunning, CancellationToken cancellation)
    {
        Payload payload = file is null ? await KernelPackage.FetchAsync(cancellation) : KernelPackage.FromFile(file);
        var narrator = new Narrator(invocation.Screen, invocation.Json);
        using WorkFolder work = WorkFolder.Prepare(folder);
        long begin = Stopwatch.GetTimestamp();
        try
        {
            await using var play = new Play(work.Path, payload, new Stage(cancellation), narrator);
            await play.PerformAsync();
            TimeSpan whole = Stopwatch.GetElapsedTime(begin);
            if (!invocation.Json) narrator.ShowFigures(play.Figures, payload, whole);
            if (keepRunning) await KeepRunningAsync(play, work, invocation.Screen, cancellation);
            return new Outcome(narrator.ToJson(play.Figures, payload, whole), _ => { });
        }
        catch (ActFailed failure)
        {
            work.Keep();
            throw CommandFailure.Failed("act-failed", failure.Message, $"look into {work.Path}; the nodes' logs are in nodes/*/logs");
        }
    }

    // The way out is Ctrl-C, which is no failure here: every act went as it must.
    private static async Task KeepRunningAsync(Play play, WorkFolder work, Screen screen, CancellationToken cancellation)
    {
        // The last acts cut it off.
        await play.Network.StartAsync();
        string policy = await play.WritePolicyAsync();
        foreach (Uri url in play.Network.Urls) screen.Note($"node         {url}");
        screen.Note($"log policy   {policy}");
        screen.Note($"trust root   {play.Network.TrustRoot}");
        screen.Note($"folder       {work.Path}");
        screen.Note("The network is up. Ctrl-C ends it.");
        await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
