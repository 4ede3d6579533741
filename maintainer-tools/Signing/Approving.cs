using SupplyChain.MaintainerTools.Shares;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol.Statements;
using SupplyChain.ThresholdSig.Signing;

namespace SupplyChain.MaintainerTools.Signing;

/// <summary>One maintainer's approval of a request: journal first, signature second.</summary>
internal static class Approving
{
    /// <param name="request">What to sign.</param>
    /// <param name="sharePath">The age file with the share; the journal lies beside it.</param>
    /// <param name="passphrase">Of the share.</param>
    /// <param name="allowConflict">Sign although another statement for the same place was signed.</param>
    /// <param name="now">For the journal.</param>
    /// <exception cref="CommandFailure">The share is not this group's, or a conflicting statement was approved before.</exception>
    public static PartialSignature Approve(
        SigningRequest request, string sharePath, SecretBuffer passphrase, bool allowConflict, DateTimeOffset now)
    {
        using var journal = SigningJournal.Open(Path.GetDirectoryName(Path.GetFullPath(sharePath)) ?? ".");
        if (!allowConflict && journal.Conflict(request.Group.KeyId, request.Statement) is { } conflict)
        {
            throw CommandFailure.Refused("conflict",
                $"This share approved statement {conflict.Id.ToHex()} for '{conflict.Slot}' before; the network can take only one of the two.",
                "find out which one is right; if the other one was never combined, or is void by a mark on a key, give --allow-conflict");
        }

        using var share = ShareFile.Open(sharePath, request.Group, passphrase);
        journal.Note(request.Group.KeyId, request.Statement, now);
        var partial = share.Sign(Envelope.Pae(request.Payload));
        request.Add(partial);
        return partial;
    }
}
