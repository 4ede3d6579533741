using SupplyChain.UpdaterAgent.Core.Installation.Livepatch;

namespace SupplyChain.UpdaterAgent.Machine;

/// <summary>The running kernel's build id, from the ELF notes in <c>/sys/kernel/notes</c>.</summary>
internal static class KernelBuildId
{
    private const string Notes = "/sys/kernel/notes";

    /// <summary>Lower-case hexadecimal; null where the kernel shows none.</summary>
    public static string? Read()
    {
        try
        {
            return BuildIdNote.Find(File.ReadAllBytes(Notes));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
