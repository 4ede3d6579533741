using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.Protocol.Trust;

/// <summary>A repository node, as the trust root names it (docs/protocol.md §6).</summary>
/// <param name="Name">Also the name of its cosignatures.</param>
/// <param name="AttestationKey">Cosigns checkpoints.</param>
/// <param name="VoteKey">Signs consensus messages.</param>
/// <param name="LogKey">Makes the log signature on the checkpoint it serves; carries no trust.</param>
/// <param name="TransportPin"><c>H</c> of its certificate's SubjectPublicKeyInfo.</param>
/// <param name="Url"><c>http://host:port</c>, for agents and maintainers.</param>
/// <param name="Peer"><c>host:port</c>, for the other nodes.</param>
public sealed record NodeIdentity(
    string Name,
    Ed25519PublicKey AttestationKey,
    Ed25519PublicKey VoteKey,
    Ed25519PublicKey LogKey,
    Digest TransportPin,
    string Url,
    string Peer)
{
    private const string Scheme = "http://";

    private static readonly SearchValues<char> HostCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-");
    private static readonly SearchValues<char> IPv6Characters = SearchValues.Create("abcdef0123456789:.");

    /// <summary>Whose cosignatures are this node's attestations.</summary>
    public VerifierKey AttestationVerifier => new(Name, NoteKeyType.Cosignature, AttestationKey);

    /// <summary>Whose log signature is this node's.</summary>
    public VerifierKey LogVerifier(string origin) => new(origin, NoteKeyType.Ed25519, LogKey);

    /// <summary>Reads what a node says of itself, its <c>node.json</c> (docs/protocol.md §13); nobody has signed it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, [NotNullWhen(true)] out NodeIdentity? node)
    {
        var reader = new CanonicalJsonReader(json);
        if (TryRead(ref reader, out node) && reader.AtEnd && node.IsValid) return true;

        node = null;
        return false;
    }

    /// <summary>Canonical JSON.</summary>
    public byte[] ToBytes()
    {
        var writer = new CanonicalJsonWriter();
        WriteTo(writer);
        return writer.ToArray();
    }

    internal bool IsValid =>
        Names.IsName(Name)
        && Url.StartsWith(Scheme, StringComparison.Ordinal) && IsHostAndPort(Url[Scheme.Length..])
        && IsHostAndPort(Peer);

    internal IEnumerable<Ed25519PublicKey> Keys => [AttestationKey, VoteKey, LogKey];

    internal void WriteTo(CanonicalJsonWriter writer) => writer
        .BeginObject()
        .Field("name", Name)
        .Name("attestationKey").Hex(AttestationKey.Bytes)
        .Name("voteKey").Hex(VoteKey.Bytes)
        .Name("logKey").Hex(LogKey.Bytes)
        .Field("transportPin", TransportPin)
        .Field("url", Url)
        .Field("peer", Peer)
        .EndObject();

    internal static bool TryRead(ref CanonicalJsonReader reader, [NotNullWhen(true)] out NodeIdentity? node)
    {
        node = null;
        if (!reader.TryBeginObject()) return false;
        if (!reader.TryName("name") || !reader.TryString(out string? name, Limits.MaxNameLength)) return false;
        if (!reader.TryName("attestationKey") || !reader.TryEd25519Key(out var attestationKey)) return false;
        if (!reader.TryName("voteKey") || !reader.TryEd25519Key(out var voteKey)) return false;
        if (!reader.TryName("logKey") || !reader.TryEd25519Key(out var logKey)) return false;
        if (!reader.TryName("transportPin") || !reader.TryDigest(out var pin)) return false;
        if (!reader.TryName("url") || !reader.TryString(out string? url, Limits.MaxAddressLength)) return false;
        if (!reader.TryName("peer") || !reader.TryString(out string? peer, Limits.MaxAddressLength)) return false;
        if (!reader.TryEndObject()) return false;

        node = new NodeIdentity(name, attestationKey, voteKey, logKey, pin, url, peer);
        return true;
    }

    // A DNS name or IPv4 address in lower case, or an IPv6 address in brackets; and a port.
    private static bool IsHostAndPort(string text)
    {
        int colon = text.LastIndexOf(':');
        if (colon <= 0 || text.Length > Limits.MaxAddressLength) return false;
        if (!StrictDecimal.TryDecode(text.AsSpan(colon + 1), out ulong port) || port is 0 or > ushort.MaxValue) return false;

        string host = text[..colon];
        return Uri.CheckHostName(host) switch
        {
            UriHostNameType.Dns or UriHostNameType.IPv4 => !host.AsSpan().ContainsAnyExcept(HostCharacters),
            UriHostNameType.IPv6 => host[0] == '[' && !host.AsSpan(1, host.Length - 2).ContainsAnyExcept(IPv6Characters),
            _ => false,
        };
    }
}
