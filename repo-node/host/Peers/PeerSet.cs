using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Trust;
using SupplyChain.RepoNode.Operations;

namespace SupplyChain.RepoNode.Peers;

/// <summary>Who the peers of this node are, how it knows them, and what it shows them.</summary>
internal sealed class PeerSet
{
    private readonly Dictionary<Digest, int> _byPin;

    public PeerSet(
        string origin, ulong epoch, IReadOnlyList<NodeIdentity> nodes, int self, X509Certificate2 certificate)
    {
        bool isOurs = nodes[self].TransportPin == NodeKeys.PinOf(certificate);
        Invariant.Holds(isOurs, "the node's certificate is that of the trust root");
        Nodes = nodes;
        Self = self;
        Certificate = certificate;
        Hello = new PeerHello(origin, epoch, nodes[self].Name);
        _byPin = Others.ToDictionary(node => nodes[node].TransportPin);
    }

    /// <summary>In the root's order.</summary>
    public IReadOnlyList<NodeIdentity> Nodes { get; }

    public int Self { get; }

    public X509Certificate2 Certificate { get; }

    public PeerHello Hello { get; }

    /// <summary>Every node but this one.</summary>
    public IEnumerable<int> Others => Enumerable.Range(0, Nodes.Count).Where(node => node != Self);

    /// <summary>The peer whose key a certificate carries; null for everybody else. Nothing else in it counts.</summary>
    public int? Find(X509Certificate? certificate) =>
        certificate is X509Certificate2 full && _byPin.TryGetValue(NodeKeys.PinOf(full), out int node) ? node : null;

    /// <summary>True when this is what <paramref name="node"/> says in this network and epoch.</summary>
    public bool IsHelloOf(int node, PeerHello? hello) =>
        hello is not null && hello == Hello with { Name = Nodes[node].Name };

    /// <summary>How this node calls one peer: TLS 1.3, and nobody but the holder of the peer's key answers.</summary>
    public SslClientAuthenticationOptions CallOptions(int node) => new()
    {
        TargetHost = Nodes[node].Name,
        EnabledSslProtocols = SslProtocols.Tls13,
        ClientCertificateContext = SslStreamCertificateContext.Create(Certificate, null, offline: true),
        RemoteCertificateValidationCallback = (_, certificate, _, _) => Find(certificate) == node,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        AllowTlsResume = false,
    };
}
