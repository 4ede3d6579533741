using System.Diagnostics.CodeAnalysis;
using SupplyChain.MaintainerTools.Shares;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Statements;
using SupplyChain.ThresholdSig.Bls;
using SupplyChain.ThresholdSig.Sharing;
using SupplyChain.ThresholdSig.Signing;

namespace SupplyChain.MaintainerTools.Ceremony;

/// <summary>
/// What a ceremony made, for everybody: <c>group.json</c>. It carries a signature by the new key itself on the ceremony and its
/// transcript: t members held working shares when it was written.
/// <code>{"name","key","threshold","members":[{"name","identityKey"}],"faulty","ceremony","transcript","commitment":[…],"signature"}</code>
/// </summary>
internal sealed record GroupFile
{
    public const string FileName = "group.json";

    private GroupFile(
        string name, GroupKey key, IReadOnlyList<PublicIdentity> members, Digest ceremony, Digest transcript, Signature signature)
    {
        Name = name;
        Key = key;
        Members = members;
        Ceremony = ceremony;
        Transcript = transcript;
        Signature = signature;
    }

    public string Name { get; }

    public GroupKey Key { get; }

    /// <summary>In the order of their indexes, 1 to m.</summary>
    public IReadOnlyList<PublicIdentity> Members { get; }

    public Digest Ceremony { get; }

    public Digest Transcript { get; }

    public Signature Signature { get; }

    /// <summary><c>H</c> of the public key's bytes.</summary>
    public Digest KeyId => EnvelopeSignature.KeyIdOf(Key.PublicKey);

    /// <summary>Puts a finished ceremony together.</summary>
    public static GroupFile Of(Proposal proposal, GroupKey key, Digest transcript, Signature signature) =>
        new(proposal.Name, key, proposal.Members, proposal.Id, transcript, signature);

    /// <summary>What every member signs a part of when it confirms, and the group thereby signs.</summary>
    public static byte[] ProofText(Digest ceremony, Digest transcript) =>
        new ByteWriter().Bytes("supplychain/group/v1"u8).U8(0).Digest(ceremony).Digest(transcript).ToArray();

    /// <summary>The name of the member with this index.</summary>
    public string NameOf(int index) => index >= 1 && index <= Members.Count ? Members[index - 1].Name : $"index {index}";

    /// <summary>Reads a file and checks the signature in it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, [NotNullWhen(true)] out GroupFile? group)
    {
        group = null;
        var reader = new CanonicalJsonReader(json);
        if (!reader.TryBeginObject()
            || !reader.TryName("name") || !reader.TryString(out string? name, Limits.MaxNameLength) || !Names.IsName(name)
            || !reader.TryName("key") || !reader.TryHexBytes(PublicKey.Size, out byte[]? key)
            || !reader.TryName("threshold") || !reader.TryNumber(out ulong required, ToolLimits.MaxMembers)
            || !reader.TryName("members") || !Proposal.TryReadMembers(ref reader, out var members) || !Proposal.AreDifferent(members)
            || !reader.TryName("faulty") || !reader.TryNumber(out ulong faulty, ToolLimits.MaxMembers)
            || !Threshold.TryCreate(members.Count, (int)required, (int)faulty, out var threshold)
            || !reader.TryName("ceremony") || !reader.TryDigest(out var ceremony)
            || !reader.TryName("transcript") || !reader.TryDigest(out var transcript)
            || !reader.TryName("commitment") || !TryReadCommitment(ref reader, threshold, out var commitment)
            || !reader.TryName("signature") || !reader.TryHexBytes(Signature.Size, out byte[]? bytes)
            || !reader.TryEndObject() || !reader.AtEnd
            || !commitment.PublicKey.ToBytes().AsSpan().SequenceEqual(key) || !Signature.TryRead(bytes, out var signature)
            || !commitment.PublicKey.Verify(ProofText(ceremony, transcript), signature))
        {
            return false;
        }

        group = new GroupFile(name, new GroupKey(threshold, commitment), members, ceremony, transcript, signature);
        return true;
    }

    public byte[] ToBytes()
    {
        var writer = new CanonicalJsonWriter().BeginObject()
            .Field("name", Name).Name("key").Hex(Key.PublicKey.ToBytes())
            .Field("threshold", (ulong)Key.Threshold.Required).Name("members").BeginArray();
        foreach (var member in Members) writer.Raw(member.ToBytes());
        writer.EndArray().Field("faulty", (ulong)Key.Threshold.Faulty).Field("ceremony", Ceremony).Field("transcript", Transcript)
            .Name("commitment").BeginArray();
        foreach (byte[] point in Key.Commitment.ToBytes().Chunk(PublicKey.Size)) writer.Hex(point);
        return writer.EndArray().Name("signature").Hex(Signature.ToBytes()).EndObject().ToArray();
    }

    /// <exception cref="CommandFailure">Not readable, or not a group.</exception>
    public static GroupFile Load(string path) =>
        TryRead(DurableFile.Read(path, ToolLimits.MaxPublicFile), out var group)
            ? group
            : throw CommandFailure.Refused("group-malformed", $"{path} is not a group that a ceremony made.",
                "take group.json from the folder of the ceremony");

    private static bool TryReadCommitment(
        ref CanonicalJsonReader reader, Threshold threshold, [NotNullWhen(true)] out Commitment? commitment)
    {
        commitment = null;
        if (!reader.TryBeginArray()) return false;

        byte[] points = new byte[threshold.Required * PublicKey.Size];
        for (int i = 0; i < threshold.Required; i++)
        {
            if (!reader.TryHexBytes(PublicKey.Size, out byte[]? point)) return false;
            point.CopyTo(points, i * PublicKey.Size);
        }

        return reader.TryEndArray() && Commitment.TryRead(points, threshold.Required, out commitment);
    }
}
