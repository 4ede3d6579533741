using System.Security.Cryptography;
using SupplyChain.MaintainerTools.Demo;
using SupplyChain.MaintainerTools.Demo.Cast;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Artifacts;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.Benchmarks;

/// <summary>Four real nodes in memory-backed storage that all hold one published payload of random bytes.</summary>
internal sealed class PublishedPayload : IAsyncDisposable
{
    private const int ChunkSize = 1 << 20;

    // In memory, so that no disk is measured.
    private static readonly string Place = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    private PublishedPayload(string folder, NodeNetwork network, Maintainers maintainers, Artifact artifact) =>
        (Folder, Network, Maintainers, Artifact) = (folder, network, maintainers, artifact);

    public string Folder { get; }

    public NodeNetwork Network { get; }

    /// <summary>Hold the key of all roles.</summary>
    public Maintainers Maintainers { get; }

    public Artifact Artifact { get; }

    public Uri ArtifactUrl => new(Network.Urls[0], $"artifact/sha256/{Artifact.Sha256}");

    public static async Task<PublishedPayload> PublishAsync(long size, CancellationToken cancellation)
    {
        string folder = Directory.CreateDirectory(Path.Combine(Place, $"supplychain-benchmark-{Guid.NewGuid():n}")).FullName;
        string file = Path.Combine(folder, "payload.bin");
        Artifact artifact = Write(file, size);

        var stage = new Stage(cancellation);
        var maintainers = new Maintainers(folder, stage);
        var network = new NodeNetwork(folder, stage);
        var desk = new ReleaseDesk(folder, new Payload(file, "benchmark"), maintainers, network, stage);
        await maintainers.HoldCeremonyAsync();
        await network.InitialiseAsync();
        await desk.FoundAsync();
        await network.StartAsync();
        await desk.PublishAsync("1.0.0");
        File.Delete(file);
        return new PublishedPayload(folder, network, maintainers, artifact);
    }

    public async ValueTask DisposeAsync()
    {
        await Network.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static Artifact Write(string path, long size)
    {
        var verity = new VerityHasher();
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using FileStream file = File.Create(path);
        byte[] chunk = new byte[ChunkSize];
        for (long left = size; left > 0; left -= chunk.Length)
        {
            Span<byte> bytes = chunk.AsSpan(0, (int)Math.Min(left, chunk.Length));
            RandomNumberGenerator.Fill(bytes);
            verity.Append(bytes);
            sha256.AppendData(bytes);
            file.Write(bytes);
        }

        return new Artifact(Path.GetFileName(path), new Digest(sha256.GetHashAndReset()), verity.Finish().Digest, (ulong)size);
    }
}
