using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;

namespace SupplyChain.Protocol.Verification;

/// <summary>What an agent asks for.</summary>
/// <param name="Product">The product's name.</param>
/// <param name="Channel">The channel's name.</param>
/// <param name="Trusted">The checkpoint that the new one must extend; null when nothing was trusted yet.</param>
public sealed record UpdateRequest(string Product, string Channel, Checkpoint? Trusted = null);

/// <summary>A certified checkpoint and the state leaf at its end: the map is that of this very checkpoint.</summary>
public sealed record AttestedMap
{
    internal AttestedMap(CertifiedCheckpoint certified, StateLeaf state)
    {
        Certified = certified;
        State = state;
    }

    public CertifiedCheckpoint Certified { get; }

    public StateLeaf State { get; }
}

/// <summary>What the map says about one key; null when there is no row.</summary>
public sealed record AttestedRow
{
    internal AttestedRow(AttestedMap map, ReadOnlyMemory<byte>? value)
    {
        Map = map;
        Value = value;
    }

    public AttestedMap Map { get; }

    public ReadOnlyMemory<byte>? Value { get; }
}

/// <summary>What a channel offers, proven and signed. Whether this machine should have it is <see cref="UpdatePolicy"/>'s to say.</summary>
public sealed record VerifiedUpdate
{
    internal VerifiedUpdate(AttestedMap map, ChannelRow channelRow, ReleaseRow releaseRow, Promotion promotion, Release release)
    {
        Map = map;
        ChannelRow = channelRow;
        ReleaseRow = releaseRow;
        Promotion = promotion;
        Release = release;
    }

    public AttestedMap Map { get; }

    public ChannelRow ChannelRow { get; }

    public ReleaseRow ReleaseRow { get; }

    public Promotion Promotion { get; }

    public Release Release { get; }

    /// <summary>The first artifact, the one that is installed.</summary>
    public Artifact Payload => Release.Artifacts[0];

    /// <summary>The version, and where its statements stand: what a floor is owed to.</summary>
    public VerifiedVersion Version => new(Release.Version, ChannelRow.Place, ReleaseRow.Place);

    /// <summary>True when both name the same promotion of the same release, and the release has the same status (step 12).</summary>
    public bool IsSameDecisionAs(VerifiedUpdate other) => ChannelRow == other.ChannelRow && ReleaseRow == other.ReleaseRow;
}
