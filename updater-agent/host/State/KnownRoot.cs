using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Trust;
using SupplyChain.Protocol.Verification;

namespace SupplyChain.UpdaterAgent.State;

/// <summary>
/// The trust root that was last read, so that the same bytes need not be verified again: its signature and the checks of every
/// key in it are most of what opening the state costs.
/// </summary>
internal sealed class KnownRoot
{
    private byte[]? _envelope;
    private TrustRoot? _root;

    public bool TryRead(byte[] envelope, [NotNullWhen(true)] out TrustRoot? root, [NotNullWhen(false)] out Rejection? rejection)
    {
        (root, rejection) = (_root, null);
        if (root is not null && envelope.AsSpan().SequenceEqual(_envelope)) return true;
        if (!TrustRoot.TryReadEnvelope(envelope, out root, out rejection)) return false;

        (_envelope, _root) = (envelope, root);
        return true;
    }
}
