using Microsoft.Win32.SafeHandles;
using SupplyChain.Protocol;

namespace SupplyChain.RepoNode.Storage;

/// <summary>
/// The journal holds something other than what was written: the node may have voted for what it no longer knows.
/// </summary>
internal sealed class JournalDamagedException(string message) : IOException(message)
{
    public static JournalDamagedException At(string path, long offset) =>
        new($"The signing journal {path} is damaged at byte {offset}.");

    public static JournalDamagedException Missing(string path) => new($"The signing journal {path} is not there.");
}

/// <summary>
/// What this node has signed, in one preallocated file (docs/protocol.md §11). A record is on the disk before the
/// signature it stands for leaves, or a restart could make the node contradict itself.
/// Every record is synced by itself, so only the last can be torn: it is cut. A bad record with a sound one behind it
/// is damage, and the node does not start. The caller holds the <see cref="NodeLock"/>.
/// </summary>
internal sealed class SigningJournal : IDisposable
{
    // Blocks that were written before need no change of metadata when they are written again: 0.12 ms against 5 ms.
    private const int ChunkSize = 4 << 20;

    private readonly string _path;
    private FileStream _stream;
    private long _position;
    private long _length;
    private bool _failed;

    private SigningJournal(string path, FileStream stream, long position)
    {
        _path = path;
        _stream = stream;
        _position = position;
        _length = stream.Length;
    }

    private SafeFileHandle Handle => _stream.SafeFileHandle;

    /// <summary>Makes an empty journal beside new keys, so that one that is missing later is known to be lost.</summary>
    public static void Create(string path) => Open(path, _ => { }).Dispose();

    /// <summary>
    /// Opens or creates the journal and hands every record, oldest first, to <paramref name="replay"/>.
    /// </summary>
    /// <exception cref="JournalDamagedException">A record before the last is not what was written.</exception>
    public static SigningJournal Open(string path, Action<JournalFrame> replay)
    {
        bool created = !File.Exists(path);
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read,
            UnixCreateMode = DurableFile.Private,
        };
        var stream = new FileStream(path, options);
        try
        {
            long end = Replay(stream, path, replay);
            var journal = new SigningJournal(path, stream, end);
            journal.Reserve(1);
            if (created) SyncDirectory(path);
            return journal;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Returns once the record is on the disk.</summary>
    /// <exception cref="IOException">It may not be there. What it stands for must not leave, and the process must
    /// stop.</exception>
    public void Append(JournalFrame record)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(record.Body.Length, JournalFrame.MaxLength - 1);
        Invariant.Holds(!_failed, "a journal whose sync failed is never written again");

        _failed = true;
        byte[] frame = record.ToBytes();
        Reserve(frame.Length);
        RandomAccess.Write(Handle, frame, _position);
        FileSync.Data(Handle);
        _position += frame.Length;
        _failed = false;
    }

    /// <summary>
    /// Keeps these records and no others. A crash leaves the journal as it was before or as it is after.
    /// </summary>
    public void Rewrite(IEnumerable<JournalFrame> records)
    {
        string temporary = _path + ".new";
        File.Delete(temporary);
        var fresh = Open(temporary, _ => { });
        foreach (var record in records) fresh.Append(record);

        File.Move(temporary, _path, overwrite: true);
        SyncDirectory(_path);
        _stream.Dispose();
        (_stream, _position, _length) = (fresh._stream, fresh._position, fresh._length);
    }

    public void Dispose() => _stream.Dispose();

    private static void SyncDirectory(string path) =>
        FileSync.Directory(Path.GetDirectoryName(Path.GetFullPath(path))!);

    private void Reserve(int bytes)
    {
        if (_position + bytes <= _length) return;

        byte[] zeros = new byte[1 << 16];
        long target = (_position + bytes + ChunkSize - 1) / ChunkSize * ChunkSize;
        while (_length < target)
        {
            int count = (int)Math.Min(zeros.Length, target - _length);
            RandomAccess.Write(Handle, zeros.AsSpan(0, count), _length);
            _length += count;
        }

        FileSync.Data(Handle);
    }

    private static long Replay(FileStream stream, string path, Action<JournalFrame> replay)
    {
        byte[] prefix = new byte[JournalFrame.PrefixSize];
        long end = 0;
        while (true)
        {
            int read = stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false);
            if (!JournalFrame.TryReadSize(prefix.AsSpan(0, read), out int frameSize)) break;
            if (end + frameSize > stream.Length) break;

            byte[] frame = new byte[frameSize];
            prefix.CopyTo(frame, 0);
            stream.ReadExactly(frame.AsSpan(prefix.Length));
            if (!JournalFrame.TryRead(frame, out var record)) break;

            replay(record);
            end += frameSize;
        }

        CutTornTail(stream, path, end);
        return end;
    }

    // Behind the last sound record there are zeros, or the pieces of one record that was being written.
    private static void CutTornTail(FileStream stream, string path, long end)
    {
        byte[] tail = ReadTail(stream, path, end);
        int written = tail.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        for (int at = 1; at < written; at++)
        {
            if (JournalFrame.TryRead(tail.AsMemory(at), out _)) throw JournalDamagedException.At(path, end);
        }

        if (written == 0) return;
        RandomAccess.Write(stream.SafeFileHandle, new byte[written], end);
        FileSync.Data(stream.SafeFileHandle);
    }

    // More than one record's worth cannot be one torn record.
    private static byte[] ReadTail(FileStream stream, string path, long start)
    {
        byte[] tail = new byte[Math.Min(stream.Length - start, JournalFrame.PrefixSize + JournalFrame.MaxLength)];
        stream.Position = start;
        stream.ReadExactly(tail);

        byte[] rest = new byte[1 << 16];
        for (int read; (read = stream.Read(rest)) > 0;)
        {
            if (rest.AsSpan(0, read).ContainsAnyExcept((byte)0)) throw JournalDamagedException.At(path, start);
        }

        return tail;
    }
}
