using System.Globalization;

namespace SupplyChain.UpdaterAgent.State;

/// <summary>Where everything of one agent lies (docs/protocol.md §13, files of an agent).</summary>
internal sealed class StateFolder(string path)
{
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public string Config => In("agent.json");

    public string TrustRoot => In("trust-root.json");

    /// <summary>Of trust roots after the first, their rotations' envelopes by version.</summary>
    public string Roots => In("roots");

    public string TrustedFirst => In("trusted.0");

    public string TrustedSecond => In("trusted.1");

    /// <summary>The proof bundle of the last complete check (docs/protocol.md §8).</summary>
    public string LastProof => In("latest.update");

    /// <summary>Against nodes that signed two histories.</summary>
    public string Evidence => In("evidence");

    public string Downloads => In("downloads");

    /// <summary>The record of applications of payload kind <c>livepatch</c> (docs/protocol.md §9).</summary>
    public string Livepatch => In("livepatch.json");

    public string Lock => In("lock");

    public string Log => In("log");

    public string RootOf(ulong version) =>
        System.IO.Path.Combine(Roots, string.Create(CultureInfo.InvariantCulture, $"{version}.json"));

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
