using SupplyChain.Protocol;

namespace SupplyChain.RepoNode.Storage;

/// <summary>Where everything of one node lies (docs/protocol.md §13).</summary>
internal sealed record NodeFiles(string Data)
{
    public string Description => Path.Combine(Data, "node.json");

    public string ListenAddresses => Path.Combine(Data, "listen.json");

    public string UploadLimits => Path.Combine(Data, "uploads.json");

    public string Signing => Path.Combine(Data, "signing");

    public string VoteKey => Path.Combine(Signing, "vote.key");

    public string AttestationKey => Path.Combine(Signing, "attestation.key");

    public string Journal => Path.Combine(Signing, "journal");

    public string Lock => Path.Combine(Signing, "lock");

    /// <summary>There once the keys must never sign again; says why.</summary>
    public string Retired => Path.Combine(Signing, "retired");

    public string Keys => Path.Combine(Data, "keys");

    public string LogKey => Path.Combine(Keys, "log.key");

    public string TransportCertificate => Path.Combine(Keys, "transport.pem");

    public string Database => Path.Combine(Data, "state.db");

    public string Artifacts => Path.Combine(Data, "artifacts", "sha256");

    public string Evidence => Path.Combine(Data, "evidence");

    /// <summary>A node's name is a plain file name (docs/protocol.md §1).</summary>
    public string EvidenceOf(string node) => Path.Combine(Evidence, $"{node}.evidence");

    /// <summary>What peers were seen to sign last.</summary>
    public string LastSeen => Path.Combine(Data, "last-seen");

    public string Logs => Path.Combine(Data, "logs");

    /// <summary>Creates the directories that hold secrets for their owner only.</summary>
    public void CreateDirectories()
    {
        DurableFile.CreateDirectory(Data, DurableFile.PublicDirectory);
        DurableFile.CreateDirectory(Signing, DurableFile.PrivateDirectory);
        DurableFile.CreateDirectory(Keys, DurableFile.PrivateDirectory);
        DurableFile.CreateDirectory(Artifacts, DurableFile.PublicDirectory);
    }

    /// <summary>The file of a path the node serves, such as <c>tile/0/x001/234</c>.</summary>
    public string Served(string urlPath)
    {
        Invariant.Holds(!urlPath.Contains("..", StringComparison.Ordinal), "served paths are built from numbers");
        return Path.Combine(Data, urlPath);
    }
}
