namespace SupplyChain.UpdaterAgent.Transport;

/// <summary>What was asked for and received: requests, and bytes of response bodies.</summary>
internal sealed class Traffic
{
    private long _bytes;
    private long _requests;

    public long Bytes => Interlocked.Read(ref _bytes);

    public long Requests => Interlocked.Read(ref _requests);

    public void Asked() => Interlocked.Increment(ref _requests);

    public void Received(int bytes) => Interlocked.Add(ref _bytes, bytes);
}
