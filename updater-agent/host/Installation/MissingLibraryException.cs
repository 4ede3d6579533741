namespace SupplyChain.UpdaterAgent.Installation;

/// <summary>A system library is not there: an environment error (docs/protocol.md §13, exit code 3).</summary>
internal sealed class MissingLibraryException(string library)
    : Exception($"The system library {library} is not there. On Debian and Ubuntu the package libzstd1 has it.")
{
    public string Library { get; } = library;
}
