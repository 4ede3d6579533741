using Microsoft.Win32.SafeHandles;
using SupplyChain.MaintainerTools.Shares;

namespace SupplyChain.MaintainerTools.Terminal;

/// <summary>
/// Where a passphrase comes from: a prompt without echo, or the first line of an open descriptor. Never an argument or an
/// environment variable, which other processes can read.
/// </summary>
internal sealed class PassphraseSource(int? descriptor, Screen screen)
{
    private const string Hint = "run it on a terminal, or give --passphrase-fd N with N an open descriptor (0 is standard input)";

    /// <summary>Asks for the passphrase of a file that exists.</summary>
    public SecretBuffer Existing(string what) => Read($"Passphrase of {what}: ");

    /// <summary>Asks for a new passphrase: at a prompt twice, because a slip of the finger would lock the file for good.</summary>
    public SecretBuffer Fresh(string what)
    {
        var passphrase = Read($"New passphrase for {what}: ");
        if (passphrase.Length < ToolLimits.MinNewPassphrase)
        {
            passphrase.Dispose();
            throw CommandFailure.Usage("passphrase-short", $"The new passphrase for {what} has fewer than {ToolLimits.MinNewPassphrase} bytes.",
                "choose a longer one; several random words are easy to type");
        }

        if (descriptor is not null) return passphrase;

        using var again = Read("The same again: ");
        if (again.Span.SequenceEqual(passphrase.Span)) return passphrase;

        passphrase.Dispose();
        throw CommandFailure.Usage("passphrase-differs", "The two passphrases differ; nothing was written.", "run the command again");
    }

    private SecretBuffer Read(string prompt)
    {
        using var typed = new SecretBuffer(ToolLimits.MaxPassphrase);
        int length = descriptor is { } number ? FromDescriptor(number, typed.Span) : FromPrompt(prompt, typed.Span);
        if (length == 0) throw CommandFailure.Usage("passphrase-empty", "The passphrase is empty.", Hint);

        return new SecretBuffer(typed.Span[..length]);
    }

    // Byte by byte, so that what follows the line stays for whoever reads the descriptor next.
    private static int FromDescriptor(int number, Span<byte> destination)
    {
        try
        {
            using var handle = new SafeFileHandle(number, ownsHandle: false);
            using var stream = new FileStream(handle, FileAccess.Read, bufferSize: 0);
            int length = 0;
            for (int next; (next = stream.ReadByte()) is not (-1 or '\n'); length++)
            {
                if (length == destination.Length) throw TooLong();
                destination[length] = (byte)next;
            }

            return length;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw CommandFailure.Environment("passphrase-unreadable", $"Descriptor {number} cannot be read: {e.Message}", Hint);
        }
    }

    private int FromPrompt(string prompt, Span<byte> destination)
    {
        if (Console.IsInputRedirected)
            throw CommandFailure.Environment("no-terminal", "A passphrase is needed, and there is no terminal to ask on.", Hint);

        screen.Prompt(prompt);
        using var typed = new SecretBuffer(ToolLimits.MaxPassphrase * sizeof(char));
        var characters = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, char>(typed.Span);
        int length = 0;
        for (ConsoleKeyInfo key; (key = Console.ReadKey(intercept: true)).Key != ConsoleKey.Enter;)
        {
            if (key.Key == ConsoleKey.Backspace) length = Math.Max(0, length - 1);
            else if (key.KeyChar >= ' ' && length < characters.Length) characters[length++] = key.KeyChar;
        }

        screen.Note("");
        if (System.Text.Encoding.UTF8.GetByteCount(characters[..length]) > destination.Length) throw TooLong();
        return System.Text.Encoding.UTF8.GetBytes(characters[..length], destination);
    }

    private static CommandFailure TooLong() => CommandFailure.Usage("passphrase-long",
        $"The passphrase has more than {ToolLimits.MaxPassphrase} bytes.", "choose a shorter one");
}
