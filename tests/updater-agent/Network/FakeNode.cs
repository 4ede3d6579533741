using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Artifacts;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Nonces;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Verification;
using SupplyChain.Tests.Kit;

namespace SupplyChain.UpdaterAgent.Tests.Network;

/// <summary>One node's HTTP answers (docs/protocol.md §10), honest unless told otherwise.</summary>
internal sealed class FakeNode(FakeNetwork network, TestNode keys)
{
    /// <summary>Refuses connections.</summary>
    public bool IsDead { get; set; }

    /// <summary>The log it shows: an old one, or another than the others'.</summary>
    public TestLog? Log { get; set; }

    /// <summary>Whose attestations its checkpoint carries; all nodes' unless given.</summary>
    public IReadOnlyList<int>? Cosigners { get; set; }

    /// <summary>How old its attestations are.</summary>
    public TimeSpan AttestationAge { get; set; }

    /// <summary>Seconds by which its clock is ahead.</summary>
    public long ClockOffset { get; set; }

    /// <summary>What it says it cosigned last; the end of the log it shows unless given.</summary>
    public Checkpoint? Cosigned { get; set; }

    /// <summary>The network its answers to nonces are for, and whose key is under them.</summary>
    public (string Origin, Ed25519PrivateKey Key) Speaks { get; set; } = (TestNetwork.Origin, keys.AttestationKey);

    /// <summary>Evidence that was handed to it.</summary>
    public ConcurrentQueue<byte[]> Accusations { get; } = new();

    /// <summary>Changes or replaces an answer: given the path and the honest answer.</summary>
    public Func<string, HttpResponseMessage, HttpResponseMessage>? Tamper { get; set; }

    /// <summary>Over a real connection: the very bytes that it says instead of an answer.</summary>
    public byte[]? Babble { get; set; }

    private TestLog Shown => Log ?? network.Log;

    public HttpResponseMessage Answer(HttpRequestMessage request)
    {
        if (IsDead) throw new HttpRequestException("Connection refused");

        string path = request.RequestUri!.PathAndQuery.TrimStart('/');
        var body = request.Content?.ReadAsByteArrayAsync().GetAwaiter().GetResult() ?? [];
        var answer = request.Method == HttpMethod.Post ? Posted(path, body) : Honest(path, request.Headers.Range);
        return Tamper is null ? answer : Tamper(path, answer);
    }

    public byte[] Note()
    {
        var checkpoint = Shown.Checkpoint;
        long time = network.Now - (long)AttestationAge.TotalSeconds;
        var cosigners = Cosigners ?? [.. network.Keys.Nodes.Select(node => node.Index)];
        return network.Keys.Note(checkpoint, cosigners.Select(node => network.Keys.Nodes[node].Attest(checkpoint, time)));
    }

    public byte[] Attest(Nonce nonce)
    {
        var newest = Cosigned ?? Shown.Checkpoint;
        var claimed = new Checkpoint(Speaks.Origin, newest.Size, newest.Root);
        return NonceAnswer.Sign(Speaks.Key, claimed, network.Now + ClockOffset, [nonce])[0].ToBytes();
    }

    public static HttpResponseMessage Bytes(byte[] body, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new ByteArrayContent(body) };

    public override string ToString() => keys.Name;

    private HttpResponseMessage Posted(string path, byte[] body)
    {
        if (path == "attest" && Nonce.TryRead(body, out var nonce)) return Bytes(Attest(nonce));
        if (path != "evidence") return new HttpResponseMessage(HttpStatusCode.BadRequest);

        Accusations.Enqueue(body);
        return Bytes("{}"u8.ToArray());
    }

    private HttpResponseMessage Honest(string path, RangeHeaderValue? range) => path.Split('?')[0].Split('/') switch
    {
        ["checkpoint"] => Bytes(Note()),
        ["latest", TestNetwork.Product, TestNetwork.Channel] => Bytes((Shown.Prove(network.Now, From(path)) with { Note = Note() }).ToBytes()),
        ["trust", var file] when TryProveRoot(file, out var update) => Bytes(update.ToBytes()),
        ["tile", ..] when Tile.TryParsePath(path, out var tile) && Has(tile) => Bytes(DataOf(tile)),
        ["artifact", "sha256", var hex] when Find(hex) is { } bytes => Ranged(bytes, range),
        ["artifact", "sha256", var hex, "tree"] when Find(hex) is { } bytes => Bytes(VerityHasher.Compute(bytes).Bytes.ToArray()),
        _ => new HttpResponseMessage(HttpStatusCode.NotFound) { Content = new StringContent("""{"type":"urn:supplychain:problem:not-found"}""") },
    };

    // Attested when it was logged, which may be long ago.
    private bool TryProveRoot(string file, [NotNullWhen(true)] out RootUpdate? update)
    {
        update = ulong.TryParse(file.Split('.')[0], CultureInfo.InvariantCulture, out ulong version) && version > 1 && version <= Shown.RootVersion
            ? Shown.ProveRoot(version, TestNetwork.Created)
            : null;
        return update is not null;
    }

    private byte[]? Find(string hex) =>
        Digest.TryParseHex(hex, out var digest) ? network.Artifacts.GetValueOrDefault(digest) : null;

    private bool Has(Tile tile) =>
        (tile.Index * Tile.FullWidth) + (ulong)tile.Width <= Shown.Size.Value >> (tile.Level * Tile.Height);

    private byte[] DataOf(Tile tile)
    {
        var tree = FakeNetwork.TreeOf(Shown);
        byte[] data = new byte[tile.ByteLength];
        for (int i = 0; i < tile.Width; i++)
        {
            ulong index = (tile.Index * Tile.FullWidth) + (ulong)i;
            tree.NodeAt(tile.Level * Tile.Height, index).CopyTo(data.AsSpan(i * Digest.Size));
        }

        return data;
    }

    private static TreeSize? From(string path)
    {
        int mark = path.IndexOf("?from=", StringComparison.Ordinal);
        return mark < 0 ? null : new TreeSize(ulong.Parse(path[(mark + "?from=".Length)..], CultureInfo.InvariantCulture));
    }

    private static HttpResponseMessage Ranged(byte[] bytes, RangeHeaderValue? range)
    {
        if (range is null) return Bytes(bytes);

        var (first, last) = (range.Ranges.Single().From!.Value, range.Ranges.Single().To!.Value);
        var answer = Bytes(bytes[(int)first..((int)last + 1)], HttpStatusCode.PartialContent);
        answer.Content.Headers.ContentRange = new ContentRangeHeaderValue(first, last, bytes.Length);
        return answer;
    }
}
