using SupplyChain.UpdaterAgent.Core.Installation;
using SupplyChain.UpdaterAgent.Installation;

namespace SupplyChain.UpdaterAgent.Tests.Installation.Livepatch;

/// <summary>Each refusal, by its name; the module is never handed to the kernel, and nothing is quarantined.</summary>
public class What_the_kernel_never_sees
{
    private static readonly ModuleBytes Good = PatchedMachine.Module("1.0.0");

    [Fact]
    public Task A_module_for_another_kernel() => RefusedAsync(
        InstallRefusalReason.VermagicMismatch, Good with { Info = ["livepatch=Y", "vermagic=6.1.0-other SMP "] });

    [Fact]
    public Task A_module_for_no_kernel() => RefusedAsync(InstallRefusalReason.VermagicMissing, Good with { Info = ["livepatch=Y"] });

    [Fact]
    public Task A_module_that_is_no_livepatch() => RefusedAsync(
        InstallRefusalReason.NotALivepatch, Good with { Info = [$"vermagic={ModuleBytes.Kernel} "] });

    [Fact]
    public Task A_module_for_another_architecture() => RefusedAsync(InstallRefusalReason.OtherKernel, Good with { Machine = 183 });

    [Fact]
    public Task A_file_that_is_no_module() => RefusedAsync(InstallRefusalReason.ModuleMalformed, Good with { BuildId = [] });

    [Theory]
    [InlineData("x86_64", "6.1.0-other", "abcd")]
    [InlineData("x86_64", ModuleBytes.Kernel, "abce")]
    [InlineData("aarch64", ModuleBytes.Kernel, "abcd")]
    public Task A_release_for_another_machine(string architecture, string kernel, string buildId) => RefusedAsync(
        InstallRefusalReason.OtherKernel, Good, prepare: machine => machine.Facts = new(architecture, kernel, buildId));

    [Fact]
    public Task Anything_for_a_kernel_that_does_not_say_its_build_id() => RefusedAsync(
        InstallRefusalReason.OtherKernel, Good, prepare: machine => machine.Facts = machine.Facts with { BuildId = null });

    [Fact]
    public Task An_unsigned_module_where_signatures_are_required() => RefusedAsync(
        InstallRefusalReason.SignatureRequired, Good, prepare: machine => machine.Kernel.Set("sys/module/module/parameters/sig_enforce", "Y\n"));

    [Fact]
    public Task An_unsigned_module_under_lockdown() => RefusedAsync(
        InstallRefusalReason.SignatureRequired, Good,
        prepare: machine => machine.Kernel.Set("sys/kernel/security/lockdown", "none [integrity] confidentiality\n"));

    [Fact]
    public Task A_second_module_of_one_name() => RefusedAsync(
        InstallRefusalReason.ModuleLoaded, Good, prepare: machine => machine.Kernel.Set($"sys/module/{Good.Name}/refcnt", "0\n"));

    [Fact]
    public Task Anything_while_another_transition_is_pending() => RefusedAsync(
        InstallRefusalReason.TransitionPending, Good, prepare: machine => machine.Kernel.Set("sys/kernel/livepatch/other/transition", "1\n"));

    [Fact]
    public Task Anything_without_ftrace() => RefusedAsync(
        InstallRefusalReason.LivepatchUnavailable, Good, prepare: machine => machine.Kernel.Set("proc/sys/kernel/ftrace_enabled", "0\n"));

    [Fact]
    public Task Anything_without_livepatching() => RefusedAsync(
        InstallRefusalReason.LivepatchUnavailable, Good, prepare: machine => machine.Kernel.RemoveLivepatch());

    [Fact]
    public Task Anything_without_memory() => RefusedAsync(
        InstallRefusalReason.MemoryLow, Good, prepare: machine => machine.Kernel.Set("proc/meminfo", "MemAvailable: 1000 kB\n"));

    [Fact]
    public Task Anything_behind_the_kill_switch() => RefusedAsync(
        InstallRefusalReason.LivepatchOff, Good, prepare: machine => machine.Kernel.Boot("quiet supplychain.livepatch=off"));

    [Fact]
    public async Task A_download_that_was_altered()
    {
        using var machine = new PatchedMachine();
        var payload = machine.Patch("1.0.0");
        File.AppendAllText(payload.File, "more");
        await RefusedAsync(machine, InstallRefusalReason.PayloadMismatch, payload);
    }

    private static async Task RefusedAsync(InstallRefusalReason reason, ModuleBytes module, Action<PatchedMachine>? prepare = null)
    {
        using var machine = new PatchedMachine();
        prepare?.Invoke(machine);
        await RefusedAsync(machine, reason, machine.Patch("1.0.0", module));
    }

    private static async Task RefusedAsync(PatchedMachine machine, InstallRefusalReason reason, Payload payload)
    {
        var installer = await machine.RecoverAsync();
        var refused = Assert.IsType<InstallOutcome.Refused>(await installer.InstallAsync(payload, CancellationToken.None));
        Assert.Equal(reason, refused.Why.Reason);
        Assert.NotEmpty(refused.Why.Detail);
        Assert.Equal(0, machine.Kernel.Loads);
        Assert.Empty(installer.Quarantined);
        Assert.False(File.Exists(machine.Record));
    }
}
