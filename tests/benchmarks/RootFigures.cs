using SupplyChain.MaintainerTools.Demo;
using SupplyChain.MaintainerTools.Demo.Cast;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.Benchmarks;

/// <summary>
/// A check by an agent that slept through two rotations: one to a new root key, of a ceremony of its own, and one that adds a
/// publisher. The agent, the nodes and the tools are the real ones.
/// </summary>
internal static class RootFigures
{
    private const long PayloadSize = 1_000_000;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(CancellationToken cancellation)
    {
        await using PublishedPayload published = await PublishedPayload.PublishAsync(PayloadSize, cancellation);
        using var agent = CheckFigures.Agent.Initialise(published);
        await agent.CheckAsync(cancellation);

        var stage = new Stage(cancellation);
        string folder = Directory.CreateDirectory(Path.Combine(published.Folder, "rotations")).FullName;
        var renewed = new Maintainers(Path.Combine(folder, "renewed"), stage);
        await renewed.HoldCeremonyAsync();

        // The old and the new group sign the same bytes, each in a folder of its own.
        string ofOld = Path.Combine(folder, "old.json"), ofNew = Path.Combine(folder, "new.json"), second = Path.Combine(folder, "root-2.json");
        await stage.ShareAsync(["trust", "rotate", "--trust-root", published.Network.TrustRoot, "--replace-key", $"root={renewed.GroupFile}", "--out", ofOld]);
        File.Copy(ofOld, ofNew);
        string[] requests =
        [
            await published.Maintainers.ApproveAsync(ofOld, Maintainers.Required), await renewed.ApproveAsync(ofNew, Maintainers.Required),
        ];
        await stage.ShareAsync(["sign", "combine", "--dir", .. requests, "--out", second]);
        await SubmitAsync(published.Network, second, cancellation);

        using var publisher = Ed25519PrivateKey.FromSeed(new byte[Ed25519PrivateKey.SeedSize]);
        string draft = Path.Combine(folder, "root-3.statement.json");
        await stage.ShareAsync(["trust", "rotate", "--trust-root", published.Network.TrustRoot, "--rotation", second,
            "--add-publisher", publisher.PublicKey.ToHex(), "--out", draft]);
        await SubmitAsync(published.Network, await renewed.SignAsync(draft), cancellation);

        var check = await agent.CheckAsync(cancellation);
        if (check.RootVersion != 3) throw new InvalidOperationException("The agent did not walk to root 3.");
        return
        [
            new Figure("check after two root rotations, requests", check.Requests, 4, ""),
            new Figure("check after two root rotations, bodies", check.Bytes, 8000, "B"),
        ];
    }

    // To all nodes, and until all have certified it: the one that is asked later must have it.
    private static async Task SubmitAsync(NodeNetwork network, string envelope, CancellationToken cancellation)
    {
        byte[] entry = await File.ReadAllBytesAsync(envelope, cancellation);
        if (!Envelope.TryRead(entry, out var read)) throw new InvalidOperationException($"{envelope} is no envelope.");

        foreach (Uri url in network.Urls)
        {
            using var http = new HttpClient { BaseAddress = url };
            using var answer = await http.PostAsync(new Uri("statements", UriKind.Relative), new ByteArrayContent(entry), cancellation);
            answer.EnsureSuccessStatusCode();
        }

        foreach (Uri url in network.Urls)
        {
            using var http = new HttpClient { BaseAddress = url };
            var status = new Uri($"statements/{StrictHex.Encode(read.Id.ToArray())}", UriKind.Relative);
            while (!(await http.GetStringAsync(status, cancellation)).Contains("\"certified\"", StringComparison.Ordinal))
                await Task.Delay(100, cancellation);
        }
    }
}
