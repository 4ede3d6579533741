using System.Globalization;
using System.Text;
using SupplyChain.UpdaterAgent.Core.Installation;

namespace SupplyChain.UpdaterAgent.State;

/// <summary>
/// Who holds a lock, as the lock's file says it: process, Unix seconds and command, one a line. It is written for people;
/// nothing is decided by it.
/// </summary>
internal sealed record LockHolder(int Process, DateTimeOffset Since, string Command)
{
    /// <summary>Bytes of the text at most.</summary>
    public const int SizeLimit = 1024;

    private const int CommandLimit = 200;

    public static LockHolder ThisProcess()
    {
        string[] line = Environment.GetCommandLineArgs();
        string program = Path.GetFileNameWithoutExtension(line[0]);
        return new LockHolder(
            Environment.ProcessId, DateTimeOffset.UtcNow, PrintableText.Of(string.Join(' ', line[1..].Prepend(program)), CommandLimit));
    }

    /// <summary>Null when it is no such text.</summary>
    public static LockHolder? Parse(ReadOnlySpan<byte> text)
    {
        string[] lines = Encoding.UTF8.GetString(text).Split('\n');
        return lines.Length == 4
            && int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out int process)
            && uint.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out uint since)
            ? new LockHolder(process, DateTimeOffset.FromUnixTimeSeconds(since), PrintableText.Of(lines[2], CommandLimit))
            : null;
    }

    public byte[] ToBytes() =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Process}\n{Since.ToUnixTimeSeconds()}\n{Command}\n"));
}
