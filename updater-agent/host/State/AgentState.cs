using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Trust;
using SupplyChain.Protocol.Verification;
using SupplyChain.UpdaterAgent.Installation.Disk;
using SupplyChain.UpdaterAgent.Output;

namespace SupplyChain.UpdaterAgent.State;

/// <summary>What one agent keeps between commands, read whole or refused with what to do (docs/protocol.md §7 step 1).</summary>
internal sealed class AgentState
{
    private const string StartAnew =
        "Nothing was changed. Restore the folder from a backup, or move it away and run 'updater-agent init' with the publisher's trust root.";

    private readonly Generations _trusted;
    private readonly IDisk _disk;

    private AgentState(StateFolder folder, AgentConfig config, TrustRoot root, IDisk disk)
    {
        Folder = folder;
        Config = config;
        Root = root;
        _disk = disk;
        _trusted = Copies(folder, disk);
        Evidence = new EvidenceFolder(folder.Evidence, root, disk);
    }

    public StateFolder Folder { get; }

    public AgentConfig Config { get; }

    /// <summary>The newest trust root that was walked to.</summary>
    public TrustRoot Root { get; private set; }

    /// <summary>As it was last saved.</summary>
    public required TrustedState Trusted { get; set; }

    public EvidenceFolder Evidence { get; }

    /// <summary>
    /// What of it was damaged and made good: one copy of the trusted state, or a trust root that will be asked for again.
    /// Null when all is whole.
    /// </summary>
    public string? Damage { get; init; }

    /// <summary>True when the trust root's time is over, which is a warning and never a wall; null when it is not.</summary>
    public bool? RootExpired(TimeProvider clock) =>
        Math.Max(clock.GetUtcNow().ToUnixTimeSeconds(), Trusted.LatestTime) > Root.Expires ? true : null;

    /// <exception cref="CommandException">There is none, or it cannot be used.</exception>
    /// <param name="folder">Where it is kept.</param>
    /// <param name="disk">What writes it.</param>
    /// <param name="known">The root that was read before; none unless given.</param>
    public static AgentState Load(StateFolder folder, IDisk disk, KnownRoot? known = null)
    {
        var config = ReadConfig(folder);
        var first = ReadRoot(folder, known ?? new KnownRoot());
        var (trusted, damage) = ReadTrusted(folder, first, disk);
        var (root, rootDamage) = ReadLaterRoots(folder, first, trusted.RootVersion);
        string[] damages = [.. new[] { damage, rootDamage }.OfType<string>()];
        return new AgentState(folder, config, root, disk)
        {
            Trusted = trusted,
            Damage = damages.Length == 0 ? null : string.Join("; ", damages),
        };
    }

    /// <summary>Before anything is made current that no node was asked about: a lost root may be the one that made it void.</summary>
    /// <exception cref="CommandException">A trust root that was walked to is lost.</exception>
    public void RequireNewestRoot()
    {
        if (Root.Version < Trusted.RootVersion)
        {
            throw new CommandException(
                ExitCode.Failed, "trust-root-behind", $"{Damage}: what it made void is not known until then. Nothing was changed.",
                "'updater-agent check' asks the nodes for it.");
        }
    }

    /// <summary>Before the lock is taken: a folder that holds no agent gets no lock file.</summary>
    /// <exception cref="CommandException">There is no agent.</exception>
    public static void RequireAt(StateFolder folder) => ReadConfig(folder);

    /// <summary>Fills the folder of a new agent; the envelope is what the root was read from.</summary>
    public static void Create(StateFolder folder, AgentConfig config, TrustRoot root, ReadOnlySpan<byte> rootEnvelope, IDisk disk)
    {
        disk.ReplaceFile(folder.TrustRoot, rootEnvelope);
        Copies(folder, disk).Save(TrustedState.Initial(root).ToBytes());
        // Last: a folder with a configuration is a whole one.
        disk.ReplaceFile(folder.Config, config.ToJson());
    }

    /// <summary>Step 7.</summary>
    public void Save(TrustedState trusted)
    {
        _trusted.Save(trusted.ToBytes());
        Trusted = trusted;
    }

    /// <summary>Step 2; before the state that names its version.</summary>
    public void Save(AdoptedRoot adopted)
    {
        _disk.EnsureDirectory(Folder.Roots);
        _disk.ReplaceFile(Folder.RootOf(adopted.Root.Version), adopted.Entry.Span);
        Root = adopted.Root;
    }

    public void Save(UpdateProof proof) => _disk.ReplaceFile(Folder.LastProof, proof.ToBytes());

    /// <summary>Null when there is none; it is verified again, so damage to it costs one request and no more.</summary>
    public UpdateProof? LastProof() =>
        TryReadFile(Folder.LastProof, Limits.MaxBundleSize, out byte[]? bytes) && UpdateProof.TryRead(bytes, out var proof)
            ? proof
            : null;

    private static Generations Copies(StateFolder folder, IDisk disk) =>
        new(folder.TrustedFirst, folder.TrustedSecond, Limits.MaxTrustedStateSize, disk);

    private static AgentConfig ReadConfig(StateFolder folder)
    {
        if (!File.Exists(folder.Config))
        {
            throw new CommandException(
                ExitCode.Environment, "not-initialised", $"{folder.Path} holds no agent.",
                "Run 'updater-agent init' first, or give the right --state.");
        }

        string? error = $"it has more than {AgentConfig.SizeLimit} bytes";
        var config = BoundedFile.Read(folder.Config, AgentConfig.SizeLimit) is { } json ? AgentConfig.Parse(json, out error) : null;
        return config
            ?? throw new CommandException(
                ExitCode.Environment, "config-malformed", $"{folder.Config}: {error}", "docs/agent.md lists the settings.");
    }

    private static TrustRoot ReadRoot(StateFolder folder, KnownRoot known)
    {
        if (!File.Exists(folder.TrustRoot))
        {
            throw new CommandException(ExitCode.Failed, "trust-root-missing", $"{folder.TrustRoot} is not there.", StartAnew);
        }

        if (BoundedFile.Read(folder.TrustRoot, Limits.MaxEntrySize) is not { } envelope)
        {
            throw new CommandException(
                ExitCode.Failed, "root-malformed", $"{folder.TrustRoot} is larger than a trust root can be.", StartAnew);
        }

        return known.TryRead(envelope, out var root, out var rejection)
            ? root
            : throw new CommandException(ExitCode.Failed, rejection.Name, $"{folder.TrustRoot}: {rejection.Detail}", StartAnew);
    }

    // Each follows from the one before, as it did when it was walked to. From a lost one on they are walked to again.
    private static (TrustRoot Root, string? Damage) ReadLaterRoots(StateFolder folder, TrustRoot first, ulong newest)
    {
        var root = first;
        while (root.Version < newest)
        {
            string path = folder.RootOf(root.Version + 1);
            if (!TryReadFile(path, Limits.MaxEntrySize, out byte[]? entry)
                || !RootUpdate.FollowAgain(root, entry).TryGet(out var adopted, out _))
            {
                return (root, $"roots/{Path.GetFileName(path)} is not trust root {root.Version + 1}, which will be asked for again");
            }

            root = adopted.Root;
        }

        return (root, null);
    }

    private static (TrustedState State, string? Damage) ReadTrusted(StateFolder folder, TrustRoot root, IDisk disk)
    {
        var loaded = Copies(folder, disk).Load(content => IsStateOf(root, content));
        switch (loaded)
        {
            case Generations.Loaded.Value value:
                TrustedState.TryRead(value.Content, out var state);
                Invariant.Holds(state is not null, "what was found to be a state is one");
                return (state, value.Damage);
            case Generations.Loaded.Lost lost:
                throw Lost($"Both copies of the trusted state are damaged: {lost.Damage}.");
            case Generations.Loaded.Nothing:
                throw Lost("Both copies of the trusted state are missing.");
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static CommandException Lost(string message) => new(ExitCode.Failed, "trusted-state-lost", message, StartAnew);

    private static bool IsStateOf(TrustRoot root, byte[] content) =>
        TrustedState.TryRead(content, out var state) && state.Origin == root.Origin && state.RootVersion >= root.Version;

    private static bool TryReadFile(string path, int limit, [NotNullWhen(true)] out byte[]? bytes)
    {
        var file = new FileInfo(path);
        bytes = file.Exists && file.Length <= limit ? File.ReadAllBytes(path) : null;
        return bytes is not null;
    }
}
