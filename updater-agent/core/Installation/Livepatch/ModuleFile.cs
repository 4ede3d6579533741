using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace SupplyChain.UpdaterAgent.Core.Installation.Livepatch;

/// <summary>What a kernel module says of itself, read from its bytes and from nothing else.</summary>
/// <param name="Name">As the kernel will call it: from <c>.gnu.linkonce.this_module</c>, not from a file name.</param>
/// <param name="Architecture">As <c>uname -m</c> says it.</param>
/// <param name="BuildId">Lower-case hexadecimal.</param>
/// <param name="KernelRelease">The first word of <c>vermagic</c>; null when the module names no kernel.</param>
/// <param name="IsLivepatch"><c>livepatch=Y</c> in <c>.modinfo</c>.</param>
/// <param name="HasSignature">A signature is appended; whose it is, only the kernel can tell.</param>
public sealed record ModuleFile(
    string Name, string Architecture, string BuildId, string? KernelRelease, bool IsLivepatch, bool HasSignature)
{
    // struct module begins with an enum, padding and a list of two pointers; then char name[56].
    private const int NamePlace = 24, NameSize = 56;

    private static readonly byte[] SignatureMarker = "~Module signature appended~\n"u8.ToArray();

    /// <param name="bytes">The whole file.</param>
    /// <param name="module">What it says.</param>
    /// <param name="fault">What is wrong with it, for people.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ModuleFile? module, [NotNullWhen(false)] out string? fault)
    {
        module = null;
        fault = "it is no relocatable 64-bit ELF file";
        if (bytes.Length > LivepatchLimits.MaxModuleSize || !ElfSections.TryRead(bytes, out var sections)) return false;

        fault = $"it is for machine {sections.Machine} of the ELF list";
        if (ArchitectureOf(sections.Machine) is not { } architecture) return false;

        fault = "it has not one section .gnu.linkonce.this_module with a name";
        if (!sections.TryFind(".gnu.linkonce.this_module"u8, out var self) || !TryName(self, out string? name)) return false;

        fault = "it has not one section .modinfo that can be read";
        if (!sections.TryFind(".modinfo"u8, out var section) || section.Length > LivepatchLimits.MaxModuleInfoSize) return false;
        var info = new ModuleInfo(section);
        if (!info.TryGet("vermagic"u8, out string? vermagic) || !info.TryGet("livepatch"u8, out string? livepatch)) return false;

        fault = "it has not one section .note.gnu.build-id with a build id";
        if (!sections.TryFind(".note.gnu.build-id"u8, out var notes)) return false;
        if (BuildIdNote.Find(notes) is not { Length: > 0 and <= 2 * LivepatchLimits.MaxBuildIdSize } buildId) return false;

        string? release = vermagic?.Split(' ')[0];
        module = new ModuleFile(
            name, architecture, buildId, release is "" ? null : release, livepatch == "Y", bytes.EndsWith(SignatureMarker));
        fault = null;
        return true;
    }

    private static string? ArchitectureOf(int machine) => machine switch
    {
        62 => "x86_64",
        183 => "aarch64",
        _ => null,
    };

    // The name becomes part of paths in /sys, so only what modules are called by is a name.
    private static bool TryName(ReadOnlySpan<byte> self, [NotNullWhen(true)] out string? name)
    {
        name = null;
        if (self.Length < NamePlace + NameSize) return false;

        var field = self.Slice(NamePlace, NameSize);
        int end = field.IndexOf((byte)0);
        if (end <= 0 || !IsModuleName(field[..end])) return false;

        name = Encoding.ASCII.GetString(field[..end]);
        return true;
    }

    /// <summary>Letters, digits, <c>_</c> and <c>-</c>.</summary>
    public static bool IsModuleName(ReadOnlySpan<byte> name)
    {
        foreach (byte c in name)
        {
            if (!char.IsAsciiLetterOrDigit((char)c) && c is not ((byte)'_' or (byte)'-')) return false;
        }

        return name.Length is > 0 and < NameSize;
    }
}
