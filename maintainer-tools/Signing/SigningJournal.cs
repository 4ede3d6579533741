using System.Diagnostics.CodeAnalysis;
using SupplyChain.MaintainerTools.Shares;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.MaintainerTools.Signing;

/// <summary>
/// Everything one share ever approved, one line of canonical JSON each, flushed before the approval leaves. It keeps an
/// honest maintainer from approving two statements of which the network can take only one.
/// <code>{"time":…,"keyid":…,"slot":…,"id":…}</code>
/// </summary>
internal sealed class SigningJournal : IDisposable
{
    public const string FileName = "signing-journal.jsonl";

    private const int MaxSlot = 512;

    private readonly FileStream _file;
    private readonly List<Entry> _entries = [];

    private SigningJournal(FileStream file) => _file = file;

    public IReadOnlyList<Entry> Entries => _entries;

    /// <summary>Opens the journal in a folder, and keeps others out.</summary>
    /// <exception cref="CommandFailure">Another process has it open, or it is damaged.</exception>
    public static SigningJournal Open(string folder)
    {
        string path = Path.Combine(folder, FileName);
        var journal = new SigningJournal(OpenFile(path));
        try
        {
            journal.Load(path);
            // Flushed lines are lost with the file's name: a new journal must be in its folder before the first of them.
            DirectoryEntry.Flush(folder);
            return journal;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>
    /// What only one statement may fill: a product's next release, a channel's next promotion, a network's next root. A
    /// revocation competes with nothing.
    /// </summary>
    public static string SlotOf(Statement statement) => statement switch
    {
        Release release => $"release {release.Origin} {release.Product} {StrictDecimal.Encode(release.Sequence)}",
        Promotion promotion => $"promotion {promotion.Origin} {promotion.Product} {promotion.Channel} {promotion.Previous.ToHex()}",
        Revocation revocation => $"revocation {revocation.Id().ToHex()}",
        Rotation rotation => $"rotation {rotation.Origin} {StrictDecimal.Encode(rotation.Root.Version)}",
        _ => throw new ArgumentException("Nobody signs this.", nameof(statement)),
    };

    /// <summary>An approval of another statement for the same slot with the same key; null when there is none.</summary>
    public Entry? Conflict(Digest keyId, Statement statement)
    {
        string slot = SlotOf(statement);
        var id = statement.Id();
        return _entries.Find(entry => entry.KeyId == keyId && entry.Slot == slot && entry.Id != id);
    }

    /// <summary>Notes an approval; when this returns, the disk has it.</summary>
    public void Note(Digest keyId, Statement statement, DateTimeOffset now)
    {
        var entry = new Entry(now.ToUnixTimeSeconds(), keyId, SlotOf(statement), statement.Id());
        if (_entries.Exists(known => known with { Time = entry.Time } == entry)) return;

        _file.Write([.. entry.ToBytes(), (byte)'\n']);
        _file.Flush(flushToDisk: true);
        _entries.Add(entry);
    }

    public void Dispose() => _file.Dispose();

    private static FileStream OpenFile(string path)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                BufferSize = 0,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw CommandFailure.Locked("journal-locked", $"{path} is in use: {e.Message}", "wait until the other `share` has ended");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.Environment("journal-unwritable", $"{path} cannot be opened: {e.Message}",
                "nothing is signed without the journal; check the folder's permissions and the free space");
        }
    }

    private void Load(string path)
    {
        if (_file.Length > ToolLimits.MaxSigningJournal)
            throw CommandFailure.Failed("journal-too-large", $"{path} is larger than a journal can be.", "move its older part away");

        byte[] content = new byte[_file.Length];
        _file.ReadExactly(content);
        int whole = content.AsSpan().LastIndexOf((byte)'\n') + 1;
        foreach (var line in content.AsSpan(0, whole).Split((byte)'\n'))
        {
            if (line.Start.Value == whole) break;
            if (!Entry.TryRead(content.AsSpan(line), out var entry))
            {
                throw CommandFailure.Failed("journal-damaged", $"{path} is damaged at byte {line.Start.Value}.",
                    "restore it; without it you may approve two conflicting statements");
            }

            _entries.Add(entry);
        }

        // A line without its end was being written when the power went; its approval never left.
        _file.SetLength(whole);
        _file.Position = whole;
    }

    /// <param name="Time">Unix seconds.</param>
    /// <param name="KeyId">Of the group.</param>
    /// <param name="Slot">What the statement fills.</param>
    /// <param name="Id">Of the statement.</param>
    internal sealed record Entry(long Time, Digest KeyId, string Slot, Digest Id)
    {
        public byte[] ToBytes() => new CanonicalJsonWriter().BeginObject()
            .Field("time", (ulong)Time).Field("keyid", KeyId).Field("slot", Slot).Field("id", Id).EndObject().ToArray();

        public static bool TryRead(ReadOnlySpan<byte> json, [NotNullWhen(true)] out Entry? entry)
        {
            entry = null;
            var reader = new CanonicalJsonReader(json);
            if (!reader.TryBeginObject()
                || !reader.TryName("time") || !reader.TryNumber(out ulong time)
                || !reader.TryName("keyid") || !reader.TryDigest(out var keyId)
                || !reader.TryName("slot") || !reader.TryString(out string? slot, MaxSlot)
                || !reader.TryName("id") || !reader.TryDigest(out var id)
                || !reader.TryEndObject() || !reader.AtEnd)
            {
                return false;
            }

            entry = new Entry((long)time, keyId, slot, id);
            return true;
        }
    }
}
