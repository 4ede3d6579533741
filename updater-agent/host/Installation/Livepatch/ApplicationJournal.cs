using SupplyChain.Protocol;
using SupplyChain.UpdaterAgent.Core.Installation.Livepatch;

namespace SupplyChain.UpdaterAgent.Installation.Livepatch;

/// <summary>Keeps <see cref="ApplicationRecord"/> in <c>livepatch.json</c>; every change is on disk when a method returns.</summary>
/// <param name="file">Its path.</param>
/// <param name="disk">Where it is written.</param>
internal sealed class ApplicationJournal(string file, IDisk disk)
{
    private ApplicationRecord? _record;

    /// <exception cref="DamagedJournalException">The file is there and cannot be read.</exception>
    public ApplicationRecord Record => _record ??= Read();

    public void Begin(Digest sha256, RunningKernel kernel) =>
        Save(Record.Begin(new(sha256, kernel.BootId, kernel.Calls.Monotonic)));

    public void Withdraw() => Save(Record.Withdraw());

    public void Survive(Digest sha256) => Save(Record.Survive(sha256));

    /// <summary>Counts an intent that another boot left.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Settle(RunningKernel kernel)
    {
        var settled = Record.Settle(kernel.BootId);
        bool wentDown = settled != Record;
        Save(settled);
        return wentDown;
    }

    // A command that finds everything settled writes nothing.
    private void Save(ApplicationRecord record)
    {
        if (record.ToBytes().AsSpan().SequenceEqual(Record.ToBytes())) return;

        disk.ReplaceFile(file, record.ToBytes());
        _record = record;
    }

    private ApplicationRecord Read()
    {
        var info = new FileInfo(file);
        if (!info.Exists) return ApplicationRecord.Empty;

        return info.Length <= LivepatchLimits.MaxRecordSize && ApplicationRecord.TryRead(File.ReadAllBytes(file), out var record)
            ? record
            : throw new DamagedJournalException(file);
    }
}
