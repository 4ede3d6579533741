using System.Text;
using SupplyChain.MaintainerTools.Ceremony;
using SupplyChain.MaintainerTools.Shares;
using SupplyChain.MaintainerTools.Tests.Ceremony;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.MaintainerTools.Tests.Signing;

/// <summary>A folder with a group that alice, bob and carol made, and their sealed shares in folders of their own.</summary>
internal sealed class Signers : IDisposable
{
    // A ceremony takes long, and nobody changes what came of it.
    private static readonly Lazy<Gathering> Acme = new(Held), Others = new(Held);

    /// <param name="ofOthers">Another group with the same members.</param>
    public Signers(bool ofOthers = false)
    {
        var gathering = (ofOthers ? Others : Acme).Value;
        Group = ((CeremonyAction.Done)gathering.Run()[Gathering.Alice]).Group;
        foreach (var (name, kept) in gathering.Kept)
        {
            Directory.CreateDirectory(Folder.In(name));
            ShareFile.Keep(Share(name), kept.Share, kept.Group, Passphrase, ToolLimits.MinWorkFactor);
        }
    }

    public TemporaryFolder Folder { get; } = new();

    public SecretBuffer Passphrase { get; } = new("correct horse"u8);

    public GroupFile Group { get; }

    public string Share(string name) => Folder.In(name, ShareFile.FileName);

    /// <summary>A release whose one artifact has the name's bytes.</summary>
    public static Release Release(string version = "1.0.0", ulong sequence = 1)
    {
        byte[] content = Encoding.UTF8.GetBytes(version);
        var tree = Protocol.Artifacts.VerityHasher.Compute(content);
        return SupplyChain.Tests.Kit.TestNetwork.ReleaseOf(version, sequence) with
        {
            Artifacts = [new Artifact("payload.bin", Protocol.Digest.Of(content), tree.Digest, (ulong)content.Length)],
        };
    }

    public void Dispose()
    {
        Passphrase.Dispose();
        Folder.Dispose();
    }

    private static Gathering Held()
    {
        var gathering = new Gathering();
        gathering.Run();
        return gathering;
    }
}
