using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.RepoNode.Api;

/// <summary>What one address may cost this node. Every limit is checked before any signature is.</summary>
internal static class RequestLimits
{
    /// <summary>Requests that change something or cost a signature check.</summary>
    public const string Writes = "writes";

    /// <summary>Nonces. Many agents may share an address, and many nonces share a signature.</summary>
    public const string Nonces = "nonces";

    private const int MaxConnections = 1_024;
    private const int ReadBurst = 4_000;
    private const int ReadsPerSecond = 2_000;
    private const int WriteBurst = 200;
    private const int WritesPerSecond = 50;

    private const int NonceBurst = 1_000;
    private const int NoncesPerSecond = 500;

    /// <summary>What the body of an upload must come at, on average: it holds up others that bring the same artifact.</summary>
    public static readonly MinDataRate UploadRate = new(bytesPerSecond: 16 << 10, gracePeriod: TimeSpan.FromSeconds(10));

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static void Apply(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = MaxConnections;
        kestrel.Limits.MaxRequestBodySize = Limits.MaxEntrySize;
        kestrel.Limits.MaxRequestHeadersTotalSize = 8 << 10;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(1);
    }

    public static void Apply(RateLimiterOptions limiter)
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(
            context => Bucket(context, ReadBurst, ReadsPerSecond));
        limiter.AddPolicy(Writes, context => Bucket(context, WriteBurst, WritesPerSecond));
        limiter.AddPolicy(Nonces, context => Bucket(context, NonceBurst, NoncesPerSecond));
        limiter.OnRejected = async (rejected, _) =>
        {
            var context = rejected.HttpContext;
            if (rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait))
                context.Response.Headers.RetryAfter = StrictDecimal.Encode((ulong)Math.Ceiling(wait.TotalSeconds));
            await Problem.TooManyRequests().ExecuteAsync(context);
        };
    }

    public static void Apply(RequestTimeoutOptions timeouts) =>
        timeouts.DefaultPolicy = new RequestTimeoutPolicy { Timeout = Deadline };

    private static RateLimitPartition<string> Bucket(HttpContext context, int burst, int perSecond) =>
        RateLimitPartition.GetTokenBucketLimiter(
            Caller(context.Connection.RemoteIpAddress),
            _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = burst,
                TokensPerPeriod = perSecond,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            });

    // Whoever has one IPv6 address has 2^64 of them.
    private static string Caller(IPAddress? address)
    {
        if (address is null) return "";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }
}
