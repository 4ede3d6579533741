using System.ComponentModel;
using System.Diagnostics;
using SupplyChain.UpdaterAgent.Installation.Health;

namespace SupplyChain.UpdaterAgent.Tests.Installation;

public class Health_commands
{
    [Fact]
    public async Task Get_the_path_as_their_last_argument_and_no_shell_looks_at_it()
    {
        var report = await RunAsync(["/usr/bin/printf", "%s|", "first"], "/slots/a $(id) `id`; exit 1");

        Assert.True(report.IsHealthy);
        Assert.Equal("first|/slots/a $(id) `id`; exit 1|", report.Output);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(255, false)]
    public async Task Are_healthy_only_with_exit_code_0(int code, bool healthy)
    {
        var report = await RunAsync(["/bin/sh", "-c", $"exit {code}"]);

        Assert.Equal(healthy, report.IsHealthy);
        Assert.Equal($"the health command exited with {code}", report.Summary);
    }

    [Fact]
    public async Task That_a_signal_ended_are_not_healthy() =>
        Assert.False((await RunAsync(["/bin/sh", "-c", "kill -9 $$"])).IsHealthy);

    [Fact]
    public async Task That_are_missing_are_not_healthy()
    {
        var report = await RunAsync(["/nonexistent/health"]);

        Assert.False(report.IsHealthy);
        Assert.Contains("/nonexistent/health cannot be started", report.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Have_a_session_of_their_own_that_no_terminal_interrupts() =>
        Assert.True((await RunAsync(["/bin/sh", "-c", "test \"$(cut -d' ' -f6 /proc/$$/stat)\" = $$"])).IsHealthy);

    [Fact]
    public async Task That_end_by_themselves_have_decided_although_the_agent_was_asked_to_stop()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        Assert.True((await new HealthCommand(["/bin/sh", "-c", "sleep 0.2"]).RunAsync("/slots/a", stop.Token)).IsHealthy);
        Assert.False((await new HealthCommand(["/bin/false"]).RunAsync("/slots/a", stop.Token)).IsHealthy);
    }

    [Fact]
    public async Task That_a_signal_ended_while_the_agent_was_asked_to_stop_have_decided_nothing()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        var killed = new HealthCommand(["/bin/sh", "-c", "kill -TERM $$"]);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => killed.RunAsync("/slots/a", stop.Token));
    }

    [Fact]
    public async Task That_hang_are_ended_with_their_children_and_are_not_healthy()
    {
        var clock = Stopwatch.StartNew();
        string[] hangs = ["/bin/sh", "-c", "echo $$; sleep 30; true"];
        var report = await RunAsync(hangs, limit: TimeSpan.FromMilliseconds(500));

        Assert.False(report.IsHealthy);
        Assert.Equal("the health command did not end within 0.5 s", report.Summary);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(15));
        string process = "/proc/" + report.Output.Trim();
        while (Directory.Exists(process) && clock.Elapsed < TimeSpan.FromSeconds(15)) await Task.Delay(10);
        Assert.False(Directory.Exists(process));
    }

    [Fact]
    public async Task That_hang_with_children_of_another_user_are_not_healthy_and_it_is_told()
    {
        // What the base library throws where the kernel refuses a signal: for the command itself, or for some of its children.
        const int notPermitted = 1;
        Exception[] refusals = [new Win32Exception(notPermitted), new AggregateException(new Win32Exception(notPermitted))];
        foreach (var refusal in refusals)
        {
            void End(Process process)
            {
                process.Kill(entireProcessTree: true);
                throw refusal;
            }

            var hangs = new HealthCommand(["/bin/sh", "-c", "sleep 30; true"], TimeSpan.FromMilliseconds(300), End);
            var report = await hangs.RunAsync("/slots/a", CancellationToken.None);

            Assert.False(report.IsHealthy);
            Assert.Equal(
                "the health command did not end within 0.3 s, and not all of its processes could be ended: Operation not permitted",
                report.Summary);
        }
    }

    [Fact]
    public async Task That_leave_a_child_behind_are_not_waited_for()
    {
        var clock = Stopwatch.StartNew();
        var report = await RunAsync(["/bin/sh", "-c", "sleep 20 & echo started"]);

        Assert.True(report.IsHealthy);
        Assert.Equal("started\n", report.Output);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task That_write_without_end_cost_bounded_memory_and_show_their_tail()
    {
        var report = await RunAsync(["/bin/sh", "-c", "head -c 5000000 /dev/zero | tr '\\0' x; echo end >&2; exit 1"]);

        Assert.Equal(OutputTail.Size, report.Output.Length);
        Assert.Contains("end", report.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cannot_read_the_agent_s_input() =>
        Assert.True((await RunAsync(["/bin/sh", "-c", "test -z \"$(cat)\""])).IsHealthy);

    [Fact]
    public void Have_at_least_a_program_and_some_time()
    {
        Assert.Throws<ArgumentException>(() => new HealthCommand([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new HealthCommand(["/bin/true"], TimeSpan.Zero));
    }

    private static Task<HealthReport> RunAsync(string[] command, string last = "/slots/a", TimeSpan? limit = null) =>
        new HealthCommand(command, limit).RunAsync(last, CancellationToken.None);
}
