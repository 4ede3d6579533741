using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Trust;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Operations;

/// <summary>
/// The private keys of one node (docs/protocol.md §2). They are made once, on this machine, and never leave it.
/// </summary>
internal sealed class NodeKeys : IDisposable
{
    private NodeKeys(
        Ed25519PrivateKey vote, Ed25519PrivateKey attestation, Ed25519PrivateKey log, X509Certificate2 transport)
    {
        Vote = vote;
        Attestation = attestation;
        Log = log;
        Transport = transport;
    }

    public Ed25519PrivateKey Vote { get; }

    public Ed25519PrivateKey Attestation { get; }

    public Ed25519PrivateKey Log { get; }

    /// <summary>Certificate and key of mutual TLS.</summary>
    public X509Certificate2 Transport { get; }

    /// <summary>What other nodes know this one's connections by.</summary>
    public Digest TransportPin => PinOf(Transport);

    /// <summary><c>H</c> of a certificate's SubjectPublicKeyInfo.</summary>
    public static Digest PinOf(X509Certificate2 certificate) =>
        Digest.Of(certificate.PublicKey.ExportSubjectPublicKeyInfo());

    /// <summary>What the trust root is to say of this node.</summary>
    public NodeIdentity IdentityOf(string name, string url, string peer) =>
        new(name, Attestation.PublicKey, Vote.PublicKey, Log.PublicKey, TransportPin, url, peer);

    /// <summary>Makes all keys; replaces none.</summary>
    /// <exception cref="IOException">One is there already, or the disk failed.</exception>
    public static void Create(NodeFiles files, string name)
    {
        files.CreateDirectories();
        foreach (string path in new[] { files.VoteKey, files.AttestationKey, files.LogKey, files.TransportCertificate })
        {
            if (File.Exists(path)) throw new IOException($"{path} exists already.");
        }

        SigningJournal.Create(files.Journal);
        WriteSeed(files.VoteKey);
        WriteSeed(files.AttestationKey);
        WriteSeed(files.LogKey);
        WriteTransport(files.TransportCertificate, name);
    }

    /// <exception cref="IOException">A key is not there.</exception>
    /// <exception cref="InvalidDataException">A file does not hold a key.</exception>
    public static NodeKeys Load(NodeFiles files)
    {
        var vote = ReadSeed(files.VoteKey);
        var attestation = ReadSeed(files.AttestationKey);
        var log = ReadSeed(files.LogKey);
        try
        {
            return new NodeKeys(vote, attestation, log, X509Certificate2.CreateFromPemFile(files.TransportCertificate));
        }
        catch (CryptographicException)
        {
            throw new InvalidDataException($"{files.TransportCertificate} does not hold a certificate and its key.");
        }
    }

    public void Dispose()
    {
        Vote.Dispose();
        Attestation.Dispose();
        Log.Dispose();
        Transport.Dispose();
    }

    private static void WriteSeed(string path)
    {
        Span<byte> seed = stackalloc byte[Ed25519PrivateKey.SeedSize];
        Span<byte> hex = stackalloc byte[2 * Ed25519PrivateKey.SeedSize];
        RandomNumberGenerator.Fill(seed);
        Convert.TryToHexStringLower(seed, hex, out _);
        DurableFile.WriteNew(path, hex, DurableFile.Private);
        CryptographicOperations.ZeroMemory(seed);
        CryptographicOperations.ZeroMemory(hex);
    }

    private static Ed25519PrivateKey ReadSeed(string path)
    {
        byte[] hex = File.ReadAllBytes(path);
        Span<byte> seed = stackalloc byte[Ed25519PrivateKey.SeedSize];
        bool read = StrictHex.TryDecode(hex, seed);
        CryptographicOperations.ZeroMemory(hex);
        if (!read) throw new InvalidDataException($"{path} does not hold a key.");

        var key = Ed25519PrivateKey.FromSeed(seed);
        CryptographicOperations.ZeroMemory(seed);
        return key;
    }

    // Peers look at the key alone, so nothing else in the certificate matters, its end included.
    private static void WriteTransport(string path, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName($"CN={name}"), key, HashAlgorithmName.SHA256);
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(100));
        string pem = $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n";
        DurableFile.WriteNew(path, System.Text.Encoding.ASCII.GetBytes(pem), DurableFile.Private);
    }
}
