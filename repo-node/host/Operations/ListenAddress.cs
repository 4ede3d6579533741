using System.Diagnostics.CodeAnalysis;
using System.Net;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.RepoNode.Operations;

/// <summary><c>HOST:PORT</c> to listen on; the host is an IP address (IPv6 in brackets) or <c>localhost</c>.</summary>
internal sealed record ListenAddress(string Host, int Port)
{
    private const string LocalHost = "localhost";

    public IPEndPoint EndPoint => new(Host == LocalHost ? IPAddress.Loopback : IPAddress.Parse(Bare(Host)), Port);

    public static bool TryParse(string? text, [NotNullWhen(true)] out ListenAddress? address)
    {
        address = null;
        int colon = text?.LastIndexOf(':') ?? -1;
        if (text is null || colon <= 0) return false;

        string host = text[..colon];
        if (host != LocalHost && !IsAddress(host)) return false;
        if (!StrictDecimal.TryDecode(text.AsSpan(colon + 1), out ulong port)) return false;
        if (port is 0 or > IPEndPoint.MaxPort) return false;

        address = new ListenAddress(host, (int)port);
        return true;
    }

    public override string ToString() => $"{Host}:{StrictDecimal.Encode((ulong)Port)}";

    private static bool IsAddress(string host)
    {
        bool bracketed = host.StartsWith('[') && host.EndsWith(']');
        return bracketed == host.Contains(':') && IPAddress.TryParse(Bare(host), out _);
    }

    private static string Bare(string host) => host.Trim('[', ']');
}
