using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using SupplyChain.UpdaterAgent.Output;

namespace SupplyChain.UpdaterAgent.State;

/// <summary>The lock of one folder, held while a command changes anything there (docs/protocol.md §9 and §13).</summary>
internal sealed partial class StateLock : IDisposable
{
    // EAGAIN, what flock(2) says when another holds it; any other error is the disk's.
    private const int HeldByAnother = 11;
    private const int CloseOnExec = 0x80000;

    private readonly FileStream _file;

    private StateLock(FileStream file) => _file = file;

    /// <param name="path">Of the lock's file.</param>
    /// <param name="folder">What it guards.</param>
    /// <exception cref="CommandException">Another process holds it; the message says who.</exception>
    /// <exception cref="IOException">The disk is read-only or fails.</exception>
    public static StateLock Take(string path, string folder)
    {
        if (TryTake(path) is { } taken) return taken;

        string who = HolderOf(path) is { } holder
            ? $": process {holder.Process} ({holder.Command}), since {Quantity.Time(holder.Since.ToUnixTimeSeconds())}"
            : "";
        throw new CommandException(
            ExitCode.Locked, "locked", $"Another process works on {folder}{who}.", "Wait for it to end, or stop it.");
    }

    /// <returns>Null when another process holds it.</returns>
    /// <exception cref="IOException">The disk is read-only or fails.</exception>
    public static StateLock? TryTake(string path)
    {
        try
        {
            // FileShare.None is flock(LOCK_EX | LOCK_NB): the kernel lets go of it when the process ends, however it ends.
            var taken = new StateLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
            taken.SayWho();
            return taken;
        }
        catch (IOException error) when (error.HResult == HeldByAnother)
        {
            return null;
        }
    }

    /// <summary>Who holds the lock, or held it last; null when the file does not say.</summary>
    public static LockHolder? HolderOf(string path)
    {
        // The base library locks what it opens, and this is locked.
        using var file = Open(path, CloseOnExec);
        if (file.IsInvalid) return null;

        Span<byte> text = stackalloc byte[LockHolder.SizeLimit];
        return LockHolder.Parse(text[..RandomAccess.Read(file, text, 0)]);
    }

    public void Dispose() => _file.Dispose();

    private void SayWho()
    {
        try
        {
            _file.SetLength(0);
            _file.Write(LockHolder.ThisProcess().ToBytes());
        }
        catch (IOException)
        {
            // A full disk: the lock holds without a name.
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);
}
