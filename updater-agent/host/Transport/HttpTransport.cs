using System.Net;

namespace SupplyChain.UpdaterAgent.Transport;

/// <summary>The one HTTP client of a process: nothing decoded, followed or remembered; the usual proxy variables hold.</summary>
internal static class HttpTransport
{
    public static HttpClient Create(TransportLimits limits)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            ConnectTimeout = limits.Connect,
            MaxResponseHeadersLength = limits.HeaderKilobytes,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        };
        // Every request has its own deadline by the caller's clock.
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
