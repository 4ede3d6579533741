using System.Diagnostics.CodeAnalysis;
using SupplyChain.MaintainerTools.Shares;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Keys;

namespace SupplyChain.MaintainerTools.Ceremony;

/// <summary>
/// A member's message: <c>{"payload":{"ceremony":…,"member":…,…},"signature":"base64"}</c>. The signature is over
/// <c>"supplychain/ceremony/v1" ‖ 0x00 ‖ text16(step) ‖ ceremony id ‖ payload</c> (docs/protocol.md §12).
/// </summary>
internal sealed record SignedMessage(ReadOnlyMemory<byte> Payload, byte[] Signature)
{
    public static string NameOf(CeremonyStep step) => step switch
    {
        CeremonyStep.Join => "join",
        CeremonyStep.Deal => "deal",
        CeremonyStep.Confirm => "confirm",
        _ => throw new ArgumentOutOfRangeException(nameof(step)),
    };

    /// <summary>The message's file. Ed25519 is deterministic: the same payload always gives the same file.</summary>
    public static byte[] Sign(CeremonyStep step, Digest ceremony, ReadOnlySpan<byte> payload, Ed25519PrivateKey identity) =>
        new CanonicalJsonWriter().BeginObject()
            .Name("payload").Raw(payload)
            .Name("signature").Base64(identity.Sign(Signed(step, ceremony, payload))).EndObject().ToArray();

    /// <summary>
    /// Checks everything about a message that needs no secret and no other message: that its sender is a member, meant this
    /// ceremony and this step, and signed it.
    /// </summary>
    public static CeremonyFault? Check(
        Proposal proposal, CeremonyStep step, string sender, ReadOnlySpan<byte> file, out SignedMessage? message)
    {
        message = null;
        int index = proposal.IndexOf(sender);
        if (index == 0) return CeremonyFault.NotAMember;
        if (!TryRead(file, out var read)) return CeremonyFault.Malformed;

        var reader = new CanonicalJsonReader(read.Payload.Span);
        if (!TryReadHead(ref reader, out var ceremony, out string? member)) return CeremonyFault.Malformed;
        if (ceremony != proposal.Id) return CeremonyFault.OtherCeremony;
        if (!string.Equals(member, sender, StringComparison.Ordinal)) return CeremonyFault.WrongSender;

        byte[] signed = Signed(step, proposal.Id, read.Payload.Span);
        if (!proposal.Member(index).Key.Verify(signed, read.Signature)) return CeremonyFault.WrongSignature;

        message = read;
        return null;
    }

    /// <summary>The fields that every payload begins with.</summary>
    public static CanonicalJsonWriter Head(Digest ceremony, PublicIdentity member) =>
        new CanonicalJsonWriter().BeginObject().Field("ceremony", ceremony).Field("member", member.Name);

    public static bool TryReadHead(ref CanonicalJsonReader reader, out Digest ceremony, [NotNullWhen(true)] out string? member)
    {
        member = null;
        ceremony = default;
        return reader.TryBeginObject()
            && reader.TryName("ceremony") && reader.TryDigest(out ceremony)
            && reader.TryName("member") && reader.TryString(out member, Limits.MaxNameLength);
    }

    private static bool TryRead(ReadOnlySpan<byte> file, [NotNullWhen(true)] out SignedMessage? message)
    {
        message = null;
        var opening = "{\"payload\":"u8;
        var middle = ",\"signature\":\""u8;
        if (file.Length > ToolLimits.MaxCeremonyMessage || !file.StartsWith(opening)) return false;

        // The payload is read by whoever knows its fields; here only its extent matters, and a signature cannot hold a quote.
        int end = file.LastIndexOf(middle);
        if (end < opening.Length || !file.EndsWith("\"}"u8)) return false;
        if (end + middle.Length > file.Length - 2) return false;
        if (!StrictBase64.TryDecode(file[(end + middle.Length)..^2], out byte[]? signature)) return false;

        message = new SignedMessage(file[opening.Length..end].ToArray(), signature);
        return true;
    }

    private static byte[] Signed(CeremonyStep step, Digest ceremony, ReadOnlySpan<byte> payload) => new ByteWriter()
        .Bytes("supplychain/ceremony/v1"u8).U8(0).Text16(NameOf(step)).Digest(ceremony).Bytes(payload).ToArray();
}
