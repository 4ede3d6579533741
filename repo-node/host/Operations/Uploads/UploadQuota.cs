using SupplyChain.Protocol;
using SupplyChain.Protocol.Keys;
using SupplyChain.RepoNode.Operations.Joining;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Operations.Uploads;

/// <summary>
/// How much of this node's disk one publisher's key may take that no final release names, in announced sizes, whole or not:
/// whoever stole the key fills its share and no more. What was charged is on the disk before the first byte is taken.
/// </summary>
internal sealed class UploadQuota
{
    // Each upload is also a file and a row: however small, it counts as this.
    private const long LeastCharge = 1 << 20;

    private readonly Lock _gate = new();
    private readonly NodeDatabase _database;
    private readonly Holdings _holdings;
    private readonly TimeProvider _time;
    private readonly Dictionary<(string Publisher, Digest Sha256), ChargedUpload> _charged;

    public UploadQuota(NodeDatabase database, Holdings holdings, UploadLimits limits, TimeProvider time)
    {
        _database = database;
        _holdings = holdings;
        Limits = limits;
        _time = time;
        _charged = database.Uploads().ToDictionary(upload => (upload.Publisher, upload.Sha256));
    }

    public UploadLimits Limits { get; }

    /// <summary>Everything that is charged to anybody.</summary>
    public IReadOnlyList<ChargedUpload> Charged
    {
        get
        {
            lock (_gate) return [.. _charged.Values];
        }
    }

    /// <summary>Charges an upload to its publisher, once; what a final release names is free.</summary>
    /// <param name="publisher">Of the trust root in force.</param>
    /// <param name="sha256">Of the artifact.</param>
    /// <param name="size">Of the artifact, bytes.</param>
    /// <returns>False when the publisher would have more than its share.</returns>
    public bool TryCharge(Ed25519PublicKey publisher, Digest sha256, long size)
    {
        var upload = new ChargedUpload(publisher.ToHex(), sha256, size, _time.GetUtcNow().ToUnixTimeSeconds());
        lock (_gate)
        {
            if (_holdings.AreNeeded(sha256)) return true;
            if (_charged.TryGetValue((upload.Publisher, sha256), out var known) && known.Size >= size) return true;
            if (ChargedBesides(upload) + ChargeOf(upload) > Limits.QuotaBytes) return false;

            _database.SaveUpload(upload);
            _charged[(upload.Publisher, sha256)] = upload;
            return true;
        }
    }

    /// <summary>Charges nobody for an artifact any more.</summary>
    public void Forget(Digest sha256)
    {
        lock (_gate)
        {
            _database.ForgetUploads(sha256);
            foreach (var key in _charged.Keys.Where(key => key.Sha256 == sha256).ToList()) _charged.Remove(key);
        }
    }

    private long ChargedBesides(ChargedUpload upload) => _charged.Values
        .Where(other => other.Publisher == upload.Publisher && other.Sha256 != upload.Sha256)
        .Where(other => !_holdings.AreNeeded(other.Sha256))
        .Sum(ChargeOf);

    private static long ChargeOf(ChargedUpload upload) => Math.Max(LeastCharge, upload.Size);
}
