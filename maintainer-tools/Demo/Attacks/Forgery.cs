using SupplyChain.MaintainerTools.Signing;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.MaintainerTools.Demo.Attacks;

/// <summary>What a minority of maintainers can hand in: an envelope whose signature is a single member's, under the group's name.</summary>
internal static class Forgery
{
    public static byte[] Of(string requestFolder)
    {
        SigningRequest request = SigningRequest.Load(requestFolder);
        JudgedApproval approval = request.Approvals().First(approval => approval.IsValid);
        return Envelope.Of(request.Payload, new EnvelopeSignature(request.Group.KeyId, approval.Partial!.Signature.ToBytes())).ToBytes();
    }
}
