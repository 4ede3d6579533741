using System.Runtime.InteropServices;
using System.Text;
using SupplyChain.Protocol.Verification;

namespace SupplyChain.UpdaterAgent.Machine;

/// <summary>What this machine is, from the running kernel.</summary>
internal static partial class LocalMachine
{
    // struct utsname on Linux: six fields of 65 bytes, each ended by a zero.
    private const int FieldSize = 65;
    private const int FieldCount = 6;
    private const int ReleaseField = 2;
    private const int MachineField = 4;

    /// <exception cref="InvalidOperationException">The kernel does not say.</exception>
    public static MachineFacts Read()
    {
        byte[] names = new byte[FieldSize * FieldCount];
        if (UnixName(ref names[0]) != 0) throw new InvalidOperationException("uname(2) failed.");

        return new MachineFacts(Field(names, MachineField), Field(names, ReleaseField), KernelBuildId.Read());
    }

    private static string Field(byte[] names, int field)
    {
        var bytes = names.AsSpan(field * FieldSize, FieldSize);
        return Encoding.ASCII.GetString(bytes[..bytes.IndexOf((byte)0)]);
    }

    [LibraryImport("libc", EntryPoint = "uname", SetLastError = true)]
    private static partial int UnixName(ref byte buffer);
}
