using System.Net;

namespace SupplyChain.UpdaterAgent.Transport;

/// <summary>The one HTTP client of a process: nothing decoded behind our back, followed or remembered; the usual proxy variables hold.</summary>
internal static class HttpTransport
{
    // Every request has its own deadline by the caller's clock.
    public static HttpClient Create(TransportLimits limits) =>
        new(CreateHandler(limits)) { Timeout = Timeout.InfiniteTimeSpan };

    public static SocketsHttpHandler CreateHandler(TransportLimits limits) => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        ConnectCallback = AddressRace.Connect,
        ConnectTimeout = limits.Connect,
        MaxResponseHeadersLength = limits.HeaderKilobytes,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
    };
}
