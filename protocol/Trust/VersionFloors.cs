using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.Protocol.Trust;

/// <summary>A version that was verified for a channel, and where the log has the statements that say so.</summary>
/// <param name="Version">Above what stood for the channel then.</param>
/// <param name="Promotion">Of the channel.</param>
/// <param name="Release">What was promoted.</param>
public sealed record VerifiedVersion(ReleaseVersion Version, LogPlace Promotion, LogPlace Release)
{
    /// <summary>False when a mark of the root makes one of the statements void.</summary>
    internal bool StandsUnder(TrustRoot root, string product) =>
        !root.Voids(product, Promotion) && !root.Voids(product, Release);
}

/// <summary>
/// The versions that were the highest of their channel when an agent verified them (docs/protocol.md §7 step 10). The floor is the
/// highest that stands: a root that marks a key takes the floors back that are owed to it, and to what stands below them.
/// <code>[{"product","channel","version","promotion":{"index","root"},"release":{"index","root"}}]</code>
/// Sorted by product, channel and the promotion's index; a channel may have several. Immutable.
/// </summary>
internal sealed class VersionFloors
{
    private readonly ImmutableSortedDictionary<Key, VerifiedVersion> _verified;

    private VersionFloors(ImmutableSortedDictionary<Key, VerifiedVersion> verified) => _verified = verified;

    public static VersionFloors None { get; } = new(ImmutableSortedDictionary.Create<Key, VerifiedVersion>(Key.Order));

    /// <summary>The highest version that stands under the root; null if none does.</summary>
    public ReleaseVersion? Of(TrustRoot root, string product, string channel) =>
        OfChannel(product, channel).Select(one => one.Value).Where(one => one.StandsUnder(root, product)).Max(one => one.Version);

    /// <summary>Whether this version was verified here, and by nothing that stands under the root.</summary>
    public bool IsVoid(TrustRoot root, string product, ReleaseVersion version)
    {
        var known = _verified.Where(one => one.Key.Product == product && one.Value.Version == version).Select(one => one.Value).ToList();
        return known.Count > 0 && !known.Exists(one => one.StandsUnder(root, product));
    }

    /// <summary>With one more; the channel's oldest goes when there is no room, but never <paramref name="installed"/>.</summary>
    /// <exception cref="InvalidOperationException">There are <see cref="Limits.MaxVersionFloors"/> already.</exception>
    public VersionFloors With(string product, string channel, VerifiedVersion verified, ReleaseVersion? installed)
    {
        var more = _verified.SetItem(new Key(product, channel, verified.Promotion.Index), verified);
        var ofChannel = new VersionFloors(more).OfChannel(product, channel).ToList();
        if (ofChannel.Count > Limits.MaxFloorsPerChannel)
            more = more.Remove(ofChannel.First(one => one.Value.Version != installed).Key);
        if (more.Count > Limits.MaxVersionFloors) throw new InvalidOperationException("An agent keeps no more floors.");
        return new VersionFloors(more);
    }

    public void WriteTo(CanonicalJsonWriter writer)
    {
        writer.BeginArray();
        foreach (var (key, verified) in _verified)
        {
            writer.BeginObject().Field("product", key.Product).Field("channel", key.Channel).Version("version", verified.Version);
            Write(writer, "promotion", verified.Promotion);
            Write(writer, "release", verified.Release);
            writer.EndObject();
        }

        writer.EndArray();
    }

    public static bool TryRead(ref CanonicalJsonReader reader, [NotNullWhen(true)] out VersionFloors? floors)
    {
        floors = null;
        var read = None._verified.ToBuilder();
        if (!reader.TryBeginArray()) return false;

        Key? last = null;
        while (!reader.TryEndArray())
        {
            if (read.Count == Limits.MaxVersionFloors || !TryReadOne(ref reader, out var key, out var verified)) return false;
            if (last is { } before && Key.Order.Compare(before, key) >= 0) return false;

            last = key;
            read.Add(key, verified);
        }

        if (read.Keys.GroupBy(key => (key.Product, key.Channel)).Any(channel => channel.Count() > Limits.MaxFloorsPerChannel)) return false;
        floors = new VersionFloors(read.ToImmutable());
        return true;
    }

    private IEnumerable<KeyValuePair<Key, VerifiedVersion>> OfChannel(string product, string channel) =>
        _verified.Where(one => one.Key.Product == product && one.Key.Channel == channel);

    private static bool TryReadOne(ref CanonicalJsonReader reader, out Key key, [NotNullWhen(true)] out VerifiedVersion? verified)
    {
        key = default;
        verified = null;
        if (!reader.TryBeginObject()) return false;
        if (!reader.TryName("product") || !reader.TryString(out string? product, Limits.MaxNameLength)) return false;
        if (!reader.TryName("channel") || !reader.TryString(out string? channel, Limits.MaxNameLength)) return false;
        if (!reader.TryName("version") || !reader.TryVersion(out var version)) return false;
        if (!TryReadPlace(ref reader, "promotion", out var promotion)) return false;
        if (!TryReadPlace(ref reader, "release", out var release)) return false;
        if (!reader.TryEndObject() || !Names.IsName(product) || !Names.IsName(channel)) return false;

        key = new Key(product, channel, promotion.Index);
        verified = new VerifiedVersion(version, promotion, release);
        return true;
    }

    private static void Write(CanonicalJsonWriter writer, string name, LogPlace place) =>
        writer.Name(name).BeginObject().Field("index", place.Index).Field("root", place.Root).EndObject();

    private static bool TryReadPlace(ref CanonicalJsonReader reader, string name, out LogPlace place)
    {
        place = default;
        if (!reader.TryName(name) || !reader.TryBeginObject()) return false;
        if (!reader.TryName("index") || !reader.TryNumber(out ulong index)) return false;
        if (!reader.TryName("root") || !reader.TryNumber(out ulong root) || root == 0) return false;
        if (!reader.TryEndObject()) return false;

        place = new LogPlace(index, root);
        return true;
    }

    /// <param name="Product">Sorts first.</param>
    /// <param name="Channel">Of the product.</param>
    /// <param name="Promotion">Index of the entry.</param>
    private readonly record struct Key(string Product, string Channel, ulong Promotion)
    {
        public static Comparer<Key> Order { get; } = Comparer<Key>.Create((left, right) =>
            string.CompareOrdinal(left.Product, right.Product) is not 0 and var byProduct ? byProduct
            : string.CompareOrdinal(left.Channel, right.Channel) is not 0 and var byChannel ? byChannel
            : left.Promotion.CompareTo(right.Promotion));
    }
}
