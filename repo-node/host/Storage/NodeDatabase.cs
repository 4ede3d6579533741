using Microsoft.Data.Sqlite;
using SupplyChain.Protocol;

namespace SupplyChain.RepoNode.Storage;

/// <summary>A final block as it travels, and the finalisation of itself; null when a later block's covers it.</summary>
internal sealed record StoredBlock(ulong Height, byte[] Block, byte[]? Finalisation);

/// <summary>
/// A submission this node has taken, from a client or a peer: pending while <see cref="Refusal"/> is null and the log does not have it.
/// </summary>
internal sealed record StoredSubmission(Digest Id, byte[] Envelope, string? Refusal);

/// <summary>An upload that a publisher is charged for.</summary>
/// <param name="Publisher">The key in hexadecimal.</param>
/// <param name="Sha256">Of the artifact.</param>
/// <param name="Size">Of the artifact as it was announced, bytes.</param>
/// <param name="Time">When it began, Unix seconds.</param>
internal sealed record ChargedUpload(string Publisher, Digest Sha256, long Size, long Time);

/// <summary>
/// What a node must find again after a restart and need not know before it votes: finalised blocks, submissions, uploads, the
/// newest certified checkpoint. Every change is on the disk when its call returns. Votes are in the <see
/// cref="SigningJournal"/>.
/// </summary>
internal sealed class NodeDatabase : IDisposable
{
    private const string Schema = """
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        CREATE TABLE IF NOT EXISTS blocks (height INTEGER PRIMARY KEY, block BLOB NOT NULL, finalisation BLOB);
        CREATE TABLE IF NOT EXISTS submissions (id BLOB PRIMARY KEY, envelope BLOB NOT NULL, refusal TEXT);
        CREATE TABLE IF NOT EXISTS uploads (
            publisher TEXT NOT NULL, sha256 BLOB NOT NULL, size INTEGER NOT NULL, time INTEGER NOT NULL,
            PRIMARY KEY (publisher, sha256));
        CREATE TABLE IF NOT EXISTS checkpoint (only INTEGER PRIMARY KEY CHECK (only = 0), note BLOB NOT NULL);
        """;

    private readonly Lock _lock = new();
    private readonly SqliteConnection _connection;

    public NodeDatabase(string path)
    {
        var source = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false };
        _connection = new SqliteConnection(source.ToString());
        _connection.Open();
        Execute(Schema);
    }

    /// <summary>Finalised blocks above a height, oldest first.</summary>
    public IReadOnlyList<StoredBlock> BlocksAfter(ulong height, int limit)
    {
        lock (_lock)
        {
            using var command = Command(
                "SELECT height, block, finalisation FROM blocks WHERE height > $height ORDER BY height LIMIT $limit",
                ("$height", (long)height), ("$limit", limit));
            using var reader = command.ExecuteReader();
            var blocks = new List<StoredBlock>();
            while (reader.Read())
            {
                byte[]? finalisation = reader.IsDBNull(2) ? null : reader.GetFieldValue<byte[]>(2);
                blocks.Add(new StoredBlock((ulong)reader.GetInt64(0), reader.GetFieldValue<byte[]>(1), finalisation));
            }

            return blocks;
        }
    }

    /// <summary>Keeps a block that follows the last one.</summary>
    public void AddBlock(StoredBlock block)
    {
        lock (_lock)
        {
            Execute("INSERT INTO blocks VALUES ($height, $block, $finalisation)",
                ("$height", (long)block.Height),
                ("$block", block.Block),
                ("$finalisation", (object?)block.Finalisation ?? DBNull.Value));
        }
    }

    /// <summary>Takes a submission behind all others, or takes it again after a refusal.</summary>
    public void AddSubmission(Digest id, ReadOnlySpan<byte> envelope)
    {
        lock (_lock)
        {
            Execute("INSERT OR REPLACE INTO submissions VALUES ($id, $envelope, NULL)",
                ("$id", id.ToArray()), ("$envelope", envelope.ToArray()));
        }
    }

    public void RefuseSubmission(Digest id, string refusal)
    {
        lock (_lock)
        {
            Execute("UPDATE submissions SET refusal = $refusal WHERE id = $id",
                ("$refusal", refusal), ("$id", id.ToArray()));
        }
    }

    /// <summary>Forgets submissions that the log has.</summary>
    public void ForgetSubmissions(IEnumerable<Digest> ids)
    {
        lock (_lock)
        {
            using var transaction = _connection.BeginTransaction();
            foreach (var id in ids) Execute("DELETE FROM submissions WHERE id = $id", ("$id", id.ToArray()));
            transaction.Commit();
        }
    }

    public StoredSubmission? FindSubmission(Digest id) =>
        Submissions("WHERE id = $id", ("$id", id.ToArray())) is [var submission] ? submission : null;

    /// <summary>In the order in which they were taken: later ones may rest on earlier ones.</summary>
    public IReadOnlyList<StoredSubmission> PendingSubmissions() =>
        Submissions("WHERE refusal IS NULL ORDER BY rowid");

    /// <summary>Keeps an upload, or a publisher's larger one of the same artifact.</summary>
    public void SaveUpload(ChargedUpload upload)
    {
        lock (_lock)
        {
            Execute("INSERT OR REPLACE INTO uploads VALUES ($publisher, $sha256, $size, $time)",
                ("$publisher", upload.Publisher), ("$sha256", upload.Sha256.ToArray()), ("$size", upload.Size), ("$time", upload.Time));
        }
    }

    public IReadOnlyList<ChargedUpload> Uploads()
    {
        lock (_lock)
        {
            using var command = Command("SELECT publisher, sha256, size, time FROM uploads");
            using var reader = command.ExecuteReader();
            var uploads = new List<ChargedUpload>();
            while (reader.Read())
            {
                var sha256 = new Digest(reader.GetFieldValue<byte[]>(1));
                uploads.Add(new ChargedUpload(reader.GetString(0), sha256, reader.GetInt64(2), reader.GetInt64(3)));
            }

            return uploads;
        }
    }

    /// <summary>Forgets every publisher's upload of one artifact.</summary>
    public void ForgetUploads(Digest sha256)
    {
        lock (_lock) Execute("DELETE FROM uploads WHERE sha256 = $sha256", ("$sha256", sha256.ToArray()));
    }

    public void SaveCheckpoint(ReadOnlySpan<byte> note)
    {
        lock (_lock) Execute("INSERT OR REPLACE INTO checkpoint VALUES (0, $note)", ("$note", note.ToArray()));
    }

    /// <returns>Null before anything was certified.</returns>
    public byte[]? LoadCheckpoint()
    {
        lock (_lock)
        {
            using var command = Command("SELECT note FROM checkpoint");
            return command.ExecuteScalar() as byte[];
        }
    }

    public void Dispose() => _connection.Dispose();

    private List<StoredSubmission> Submissions(string where, params (string Name, object Value)[] parameters)
    {
        lock (_lock)
        {
            using var command = Command($"SELECT id, envelope, refusal FROM submissions {where}", parameters);
            using var reader = command.ExecuteReader();
            var submissions = new List<StoredSubmission>();
            while (reader.Read())
            {
                var id = new Digest(reader.GetFieldValue<byte[]>(0));
                string? refusal = reader.IsDBNull(2) ? null : reader.GetString(2);
                submissions.Add(new StoredSubmission(id, reader.GetFieldValue<byte[]>(1), refusal));
            }

            return submissions;
        }
    }

    private void Execute(string sql, params (string Name, object Value)[] parameters)
    {
        using var command = Command(sql, parameters);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, params (string Name, object Value)[] parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        return command;
    }
}
