namespace SupplyChain.UpdaterAgent.Installation;

/// <summary>The journal of docs/protocol.md §9 is there and is none: only an operator can say what to do about it.</summary>
internal sealed class DamagedJournalException(string path) : Exception($"{path} is damaged.");
