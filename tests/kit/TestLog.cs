using SupplyChain.Protocol;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;
using SupplyChain.Protocol.Verification;

namespace SupplyChain.Tests.Kit;

/// <summary>
/// A log and its map in memory, which takes whatever it is given: what all nodes together could make an agent see, honest
/// or not. It starts with the trust root and the first state leaf.
/// </summary>
public sealed class TestLog
{
    private readonly TestNetwork _network;
    private readonly List<byte[]> _entries = [];
    private readonly List<AcceptedStatement> _accepted = [];
    private readonly MemoryTree _tree = new();
    private ulong? _lastState;
    private TrustRoot _root;
    private ulong _height;

    public TestLog(TestNetwork network)
    {
        _network = network;
        _root = network.Root;
        SetRoot(network.Root, Append(network.RootEnvelope.ToBytes()), network.RootEnvelope.Id);
        Seal(network.Root.Created);
    }

    public IReadOnlyList<byte[]> Entries => _entries;

    /// <summary>Of the newest root in the map.</summary>
    public ulong RootVersion => _root.Version;

    public MapTree Map { get; private set; } = MapTree.Empty;

    public TreeSize Size => _tree.Size;

    public Checkpoint Checkpoint => CheckpointAt(Size);

    /// <summary>Appends any bytes; the map does not change.</summary>
    /// <returns>The entry's index.</returns>
    public ulong Append(byte[] entry)
    {
        _entries.Add(entry);
        _tree.Append(entry);
        return (ulong)_entries.Count - 1;
    }

    public void Set(MapKey key, ReadOnlyMemory<byte> value) => Map = Map.Set(key, value);

    /// <summary>Appends the entry of a statement and sets the rows that an honest ledger would.</summary>
    public ulong Accept(Statement statement) => Accept(statement, _network.Sign(statement));

    /// <summary>As <see cref="Accept(Statement)"/>, with an entry that may be anything.</summary>
    public ulong Accept(Statement statement, Envelope entry)
    {
        ulong index = Append(entry.ToBytes());
        Set(MapKey.Statement(entry.Id), new StatementRow(index).ToBytes());
        _accepted.Add(new AcceptedStatement(statement, new LogPlace(index, RootVersion), entry.Id));
        switch (statement)
        {
            case Release release:
                // A product that no role owns is given to one here, for verifiers that must notice.
                string owner = _root.RoleFor(release.Product)?.Name ?? TestNetwork.RoleName;
                var latest = new ProductRow(owner, release.Sequence, index, entry.Id, release.Time);
                Set(MapKey.Product(release.Product), latest.ToBytes());
                Set(MapKey.Release(release.Product, release.Version), new ReleaseRow(index, entry.Id, RootVersion).ToBytes());
                foreach (var artifact in release.Artifacts)
                    Set(MapKey.Artifact(artifact.Sha256), new ArtifactRow(index).ToBytes());
                break;
            case Promotion promotion:
                ulong promoted = RowOf(promotion.Product, promotion.Version).Index;
                var current = new ChannelRow(index, entry.Id, promotion.Version, promoted, promotion.Time, RootVersion);
                Set(MapKey.Channel(promotion.Product, promotion.Channel), current.ToBytes());
                break;
            case Revocation revocation:
                var revoked = RowOf(revocation.Product, revocation.Version) with { Revocation = index };
                Set(MapKey.Release(revocation.Product, revocation.Version), revoked.ToBytes());
                break;
            case Rotation rotation:
                SetRoot(rotation.Root, index, entry.Id);
                Map = new TestGoingBack(rotation.Root, _accepted).From(Map);
                break;
            default:
                throw new ArgumentException("A ledger takes no such statement.", nameof(statement));
        }

        return index;
    }

    /// <summary>Appends the state leaf that makes the tree a checkpoint.</summary>
    /// <param name="time">The block's time, Unix seconds.</param>
    /// <param name="height">The block's height; unless told, one more than the last.</param>
    public Checkpoint Seal(long time, ulong? height = null)
    {
        _height = height ?? _height;
        var leaf = new StateLeaf
        {
            Origin = TestNetwork.Origin,
            Height = _height++,
            Time = time,
            MapRoot = Map.Root,
            Previous = _lastState,
        };
        _lastState = Append(leaf.ToEntry());
        return Checkpoint;
    }

    public Checkpoint CheckpointAt(TreeSize size) => new(TestNetwork.Origin, size, _tree.RootAt(size));

    public IncludedEntry Include(ulong index) =>
        new(_entries[(int)index], ProofBuilder.Inclusion(_tree, index, Size));

    /// <summary>The bundle that an honest node answers with, certified by q nodes at <paramref name="time"/>.</summary>
    /// <param name="time">Unix seconds.</param>
    /// <param name="from">Size to be consistent with.</param>
    /// <param name="product">The product asked for.</param>
    /// <param name="channel">The channel asked for.</param>
    public UpdateProof Prove(
        long time, TreeSize? from = null, string product = TestNetwork.Product, string channel = TestNetwork.Channel)
    {
        var row = ProvenRow.Of(Map, MapKey.Channel(product, channel));
        return new UpdateProof
        {
            Note = _network.Certify(Checkpoint, time),
            Consistency = from is { } old ? ProofBuilder.Consistency(_tree, old, Size) : null,
            State = Include(Size.Value - 1),
            RootVersion = RootVersion,
            Root = ProvenRow.Of(Map, MapKey.Root(RootVersion)),
            NextRoot = ProvenRow.Of(Map, MapKey.Root(RootVersion + 1)),
            Channel = row,
            Promoted = row.Value is { } value && ChannelRow.TryRead(value.Span, out var promoted)
                ? new PromotedRelease(
                    ProvenRow.Of(Map, MapKey.Release(product, promoted.Version)),
                    Include(promoted.Promotion),
                    Include(promoted.Release))
                : null,
        };
    }

    /// <summary>The file of a root after the first, under the newest checkpoint.</summary>
    /// <param name="version">Of the root.</param>
    /// <param name="time">When q nodes attested the checkpoint, Unix seconds.</param>
    public RootUpdate ProveRoot(ulong version, long time) =>
        Map.TryGet(MapKey.Root(version), out var value) && RootRow.TryRead(value.Span, out var row)
            ? new RootUpdate(_network.Certify(Checkpoint, time), Include(row.Index), PayloadOfRoot(version - 1))
            : throw new ArgumentException("No such root.", nameof(version));

    private ReadOnlyMemory<byte> PayloadOfRoot(ulong version) =>
        Map.TryGet(MapKey.Root(version), out var value) && RootRow.TryRead(value.Span, out var row)
        && Envelope.TryRead(_entries[(int)row.Index], out var envelope)
            ? envelope.Payload
            : throw new ArgumentException("No such root.", nameof(version));

    private void SetRoot(TrustRoot root, ulong index, Digest id)
    {
        _root = root;
        Set(MapKey.Root(root.Version), new RootRow(index, id).ToBytes());
        foreach (var role in root.Roles) Set(MapKey.Role(role.Name), new RoleRow(role.Key, role.Threshold).ToBytes());
    }

    private ReleaseRow RowOf(string product, ReleaseVersion version) =>
        Map.TryGet(MapKey.Release(product, version), out var value) && ReleaseRow.TryRead(value.Span, out var row)
            ? row
            : throw new ArgumentException("No such release.", nameof(version));
}
