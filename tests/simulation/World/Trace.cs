using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SupplyChain.Simulation.Tests.World;

/// <summary>
/// A hash over everything that was said in a run: two runs of one seed must agree on it to the last bit.
/// </summary>
internal sealed class Trace : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Add(DateTimeOffset now, int from, int to, byte type, ReadOnlySpan<byte> body)
    {
        Span<byte> header = stackalloc byte[11];
        BinaryPrimitives.WriteInt64BigEndian(header, now.UtcTicks);
        header[8] = (byte)from;
        header[9] = (byte)to;
        header[10] = type;
        _hash.AppendData(header);
        _hash.AppendData(body);
    }

    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();
}
