using SupplyChain.Protocol;
using SupplyChain.UpdaterAgent.Core.Installation.Livepatch;
using SupplyChain.UpdaterAgent.Installation.Disk;

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
        Save(Record.Begin(new(sha256, kernel.BootId, kernel.Calls.Monotonic, kernel.Mark())));

    public void Accept(Digest sha256) => Save(Record.Accept(sha256));

    public void Withdraw(Digest sha256) => Save(Record.Withdraw(sha256));

    public void Survive(Digest sha256) => Save(Record.Survive(sha256));

    /// <summary>Counts an intent that another boot left.</summary>
    /// <returns>The payload that the machine went down with; null where there was none.</returns>
    public Digest? Settle(RunningKernel kernel)
    {
        var (before, settled) = (Record, Record.Settle(kernel.BootId));
        Save(settled);
        return settled == before ? null : before.Intent!.Sha256;
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
