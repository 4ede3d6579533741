using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Verification;
using SupplyChain.UpdaterAgent.Core.Installation;
using SupplyChain.UpdaterAgent.Core.Installation.Livepatch;

namespace SupplyChain.UpdaterAgent.Installation.Livepatch;

/// <summary>
/// Brings a patch into the kernel and out of it (docs/protocol.md §9). An intent is on disk before the kernel is called, so
/// that a machine that dies of it can tell afterwards. The kernel's <c>force</c> is never written.
/// </summary>
internal sealed class PatchApplication(
    RunningKernel kernel, Func<MachineFacts> machine, ApplicationJournal journal, TransitionTimes times, TimeProvider clock)
{
    // What tasks show in patch_state once they have moved over.
    private const string Patched = "1", Unpatched = "0";

    private const int TryAgain = 11, MostTries = 50;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(100);

    /// <summary>Loads a patch and waits until it is in force for every task. One that is loaded already is only waited for.</summary>
    /// <param name="bytes">The module.</param>
    /// <param name="sha256">What was released.</param>
    /// <param name="patch">Its description.</param>
    public async Task<ActivationFailure?> ApplyAsync(byte[] bytes, Digest sha256, StagedPatch patch)
    {
        // A patch that is out of force, or on its way there since an earlier agent died, cannot come back into it: only a fresh load can.
        if (kernel.Has(patch) && !kernel.IsEnabled(patch.Module) && await RemoveAsync(sha256, patch) is { } stuck)
            return ActivationFailure.OfMachine(new(InstallRefusalReason.TransitionStalled, stuck));
        if (!kernel.Has(patch) && Load(bytes, sha256, patch) is { } refusal) return ActivationFailure.OfMachine(refusal);

        return await JudgeAsync(sha256, patch);
    }

    /// <summary>Waits until a loaded patch is in force, and looks whether all of it is and the kernel is well with it.</summary>
    public async Task<ActivationFailure?> JudgeAsync(Digest sha256, StagedPatch patch)
    {
        if (!await SettlesAsync(patch.Module)) return ActivationFailure.OfMachine(await ReverseAsync(sha256, patch.Module));
        if (kernel.Incomplete(patch.Module) is { } incomplete)
            return ActivationFailure.OfVersion(new(InstallRefusalReason.PatchIncomplete, incomplete));

        // By how the kernel stood before the load, whichever agent made that.
        if (journal.Record.IsPending(sha256) && journal.Record.Intent!.Since is { } before && kernel.ComplaintSince(before) is { } complaint)
            return ActivationFailure.OfVersion(new(InstallRefusalReason.KernelComplained, complaint));

        journal.Accept(sha256);
        return null;
    }

    /// <summary>Takes a patch out of force and out of the kernel.</summary>
    /// <returns>What only a reboot can bring to its end; null when it is out.</returns>
    public async Task<string?> RemoveAsync(Digest sha256, StagedPatch patch)
    {
        if (!kernel.Has(patch)) return null;
        if (kernel.IsEnabled(patch.Module) && kernel.Disable(patch.Module) is not 0 and var no)
            return $"{patch.Module} cannot be taken out of force: {Marshal.GetPInvokeErrorMessage(no)}";
        if (!await SettlesAsync(patch.Module))
            return $"{patch.Module} is still in force for some tasks, reboot to finish: {kernel.Blockers(Unpatched)}";

        journal.Withdraw(sha256);
        int error = await UnloadAsync(patch.Module);
        return error == 0 ? null : $"{patch.Module} is out of force and cannot be unloaded: {Marshal.GetPInvokeErrorMessage(error)}";
    }

    // Checked and loaded are the same bytes: nobody can change a sealed file.
    private InstallRefusal? Load(byte[] bytes, Digest sha256, StagedPatch patch)
    {
        var state = kernel.State();
        if (LivepatchRules.Judge(patch.Target, machine(), state) is { } unfit) return unfit;

        using var sealedModule = kernel.Calls.Seal(bytes);
        byte[] content = ContentOf(sealedModule);
        if (Digest.Of(content) != sha256) return new(InstallRefusalReason.PayloadMismatch, "the module is not the released one any more");
        if (!ModuleFile.TryRead(content, out var module, out string? fault)) return new(InstallRefusalReason.ModuleMalformed, fault);
        if (LivepatchRules.Judge(module, content.Length, patch.Target, state) is { } refusal) return refusal;

        journal.Begin(sha256, kernel);
        int error = kernel.Calls.Load(sealedModule);
        if (error == 0) return null;

        // It said no and runs on: that is no crash.
        journal.Withdraw(sha256);
        return new(InstallRefusalReason.KernelRefused, $"{module.Name}: {Marshal.GetPInvokeErrorMessage(error)} (error {error})");
    }

    /// <returns>False when the transition stalled.</returns>
    private async Task<bool> SettlesAsync(string module)
    {
        var watch = new TransitionWatch(times);
        for (long begin = clock.GetTimestamp(); ;)
        {
            switch (watch.Next(kernel.IsInTransition(module), clock.GetElapsedTime(begin)))
            {
                case TransitionStep.Done:
                    return true;
                case TransitionStep.Stalled:
                    return false;
                case TransitionStep.Signal:
                    kernel.Signal(module);
                    break;
                case TransitionStep.Wait wait:
                    await Task.Delay(wait.For, clock);
                    break;
                default:
                    throw new UnreachableException();
            }
        }
    }

    // The kernel lets go of a patch a little after its transition is over.
    private async Task<int> UnloadAsync(string module)
    {
        int error = kernel.Calls.Unload(module);
        for (int tries = 1; error == TryAgain && tries < MostTries; tries++)
        {
            await Task.Delay(BetweenTries, clock);
            error = kernel.Calls.Unload(module);
        }

        return error;
    }

    private async Task<InstallRefusal> ReverseAsync(Digest sha256, string module)
    {
        string blockers = kernel.Blockers(Patched);
        bool isOut = kernel.Disable(module) == 0 && await SettlesAsync(module);
        // What could not be turned around is in force for some tasks, and may yet take the machine down.
        if (isOut) journal.Withdraw(sha256);
        isOut = isOut && await UnloadAsync(module) == 0;
        string outcome = isOut ? "it was reversed" : "it could not be reversed, reboot to finish";
        return new(InstallRefusalReason.TransitionStalled, $"{module} did not come into force, {outcome}; in its way: {blockers}");
    }

    private static byte[] ContentOf(SafeFileHandle file)
    {
        byte[] content = new byte[RandomAccess.GetLength(file)];
        int length = 0;
        for (int read; (read = RandomAccess.Read(file, content.AsSpan(length), length)) > 0;) length += read;
        return content;
    }
}
