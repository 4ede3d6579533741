using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using SupplyChain.MaintainerTools.Shares;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Statements;
using SupplyChain.ThresholdSig.Sharing;

namespace SupplyChain.MaintainerTools.Ceremony;

/// <summary>
/// What a ceremony is about: <c>proposal.json</c>. Nobody signs it; its digest is the ceremony's id, which is in everything
/// that the members sign.
/// <code>{"name","threshold","members":[{"name","identityKey"}],"faulty","created","random"}</code>
/// </summary>
internal sealed class Proposal
{
    private const int RandomSize = 32;

    private readonly byte[] _random;

    private Proposal(string name, Threshold threshold, IReadOnlyList<PublicIdentity> members, long created, byte[] random)
    {
        Name = name;
        Threshold = threshold;
        Members = members;
        Created = created;
        _random = random;
        Id = Digest.Of(ToBytes());
    }

    /// <summary>The group's name, such as a role's.</summary>
    public string Name { get; }

    public Threshold Threshold { get; }

    /// <summary>In their order: the first has index 1.</summary>
    public IReadOnlyList<PublicIdentity> Members { get; }

    /// <summary>Unix seconds.</summary>
    public long Created { get; }

    public Digest Id { get; }

    /// <exception cref="CommandFailure">The numbers, the name or the list of members make no ceremony.</exception>
    public static Proposal Create(string name, int required, int faulty, IReadOnlyList<PublicIdentity> members, DateTimeOffset now)
    {
        if (!Names.IsName(name))
            throw Wrong($"'{name}' is not a name.", "use 1 to 64 of a-z 0-9 . - that begin and end with a letter or digit");
        if (!Threshold.TryCreate(members.Count, required, faulty, out var threshold))
        {
            throw Wrong($"{required} of {members.Count} with {faulty} corrupt is no threshold.",
                "choose faulty + 1 ≤ threshold ≤ members − faulty, such as 2 of 3 with 1");
        }

        if (!AreDifferent(members)) throw Wrong("A member is listed twice, by name or by key.", "list each member once");

        return new Proposal(name, threshold, members, now.ToUnixTimeSeconds(), RandomNumberGenerator.GetBytes(RandomSize));
    }

    public static bool TryRead(ReadOnlySpan<byte> json, [NotNullWhen(true)] out Proposal? proposal)
    {
        proposal = null;
        var reader = new CanonicalJsonReader(json);
        if (!reader.TryBeginObject()
            || !reader.TryName("name") || !reader.TryString(out string? name, Limits.MaxNameLength) || !Names.IsName(name)
            || !reader.TryName("threshold") || !reader.TryNumber(out ulong required, ToolLimits.MaxMembers)
            || !reader.TryName("members") || !TryReadMembers(ref reader, out var members)
            || !reader.TryName("faulty") || !reader.TryNumber(out ulong faulty, ToolLimits.MaxMembers)
            || !reader.TryName("created") || !reader.TryNumber(out ulong created)
            || !reader.TryName("random") || !reader.TryHexBytes(RandomSize, out byte[]? random)
            || !reader.TryEndObject() || !reader.AtEnd
            || !Threshold.TryCreate(members.Count, (int)required, (int)faulty, out var threshold) || !AreDifferent(members))
        {
            return false;
        }

        proposal = new Proposal(name, threshold, members, (long)created, random);
        return true;
    }

    public byte[] ToBytes()
    {
        var writer = new CanonicalJsonWriter().BeginObject()
            .Field("name", Name).Field("threshold", (ulong)Threshold.Required).Name("members").BeginArray();
        foreach (var member in Members) writer.Raw(member.ToBytes());
        return writer.EndArray().Field("faulty", (ulong)Threshold.Faulty).Field("created", (ulong)Created)
            .Name("random").Hex(_random).EndObject().ToArray();
    }

    /// <summary>A member's index, 1 to m; 0 when there is no such member.</summary>
    public int IndexOf(string member)
    {
        for (int i = 0; i < Members.Count; i++)
        {
            if (string.Equals(Members[i].Name, member, StringComparison.Ordinal)) return i + 1;
        }

        return 0;
    }

    /// <summary>The member with this index, 1 to m.</summary>
    public PublicIdentity Member(int index) => Members[index - 1];

    /// <summary>Reads a list of members, at most <see cref="ToolLimits.MaxMembers"/>.</summary>
    public static bool TryReadMembers(ref CanonicalJsonReader reader, out IReadOnlyList<PublicIdentity> members)
    {
        var read = new List<PublicIdentity>();
        members = read;
        if (!reader.TryBeginArray()) return false;

        while (!reader.TryEndArray())
        {
            if (read.Count == ToolLimits.MaxMembers || !PublicIdentity.TryReadObject(ref reader, out var member)) return false;
            read.Add(member);
        }

        return true;
    }

    /// <summary>No name and no key stands twice.</summary>
    public static bool AreDifferent(IReadOnlyList<PublicIdentity> members) =>
        members.Select(member => member.Name).Distinct(StringComparer.Ordinal).Count() == members.Count
        && members.Select(member => member.Key).Distinct().Count() == members.Count;

    private static CommandFailure Wrong(string message, string hint) => CommandFailure.Usage("proposal-invalid", message, hint);
}
