using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Verification;
using SupplyChain.UpdaterAgent.Core;
using SupplyChain.UpdaterAgent.Core.Freshness;
using SupplyChain.UpdaterAgent.Core.Policy;
using SupplyChain.UpdaterAgent.Downloads;
using SupplyChain.UpdaterAgent.Installation;
using SupplyChain.UpdaterAgent.Installation.Disk;
using SupplyChain.UpdaterAgent.Installation.Health;
using SupplyChain.UpdaterAgent.Installation.Livepatch;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.State;
using SupplyChain.UpdaterAgent.Transport;

namespace SupplyChain.UpdaterAgent.Updating;

/// <summary>One command's hold on an agent: its state under the lock, its nodes and its installer.</summary>
internal sealed class AgentSession : IDisposable
{
    private readonly World _world;
    private readonly StateLock _lock;
    private readonly NodeClient _nodes;
    private readonly DownloadFolder _downloads;
    private StateLock? _installLock;

    private AgentSession(World world, AgentState state, StateLock held)
    {
        _world = world;
        _lock = held;
        State = state;
        Traffic = new Traffic();
        _nodes = new NodeClient(
            world.Http, [.. state.Root.Nodes.Select(node => new Uri(node.Url + "/"))], world.Transport, world.Clock, Traffic);
        _downloads = new DownloadFolder(state.Folder.Downloads);
        Kind = KindOf(state, world);
        Installer = InstallerOf(state, world, Kind);
    }

    public AgentState State { get; }

    public Traffic Traffic { get; }

    /// <summary>How this agent puts payloads on the machine.</summary>
    public IPayloadKind Kind { get; }

    public Installer Installer { get; }

    public TimeProvider Clock => _world.Clock;

    /// <summary>How far this machine knows what time it is.</summary>
    public TimeStanding Time => NetworkTime.StandingOf(State.Trusted, _world.ReadClocks(), State.Root.Freshness.Skew);

    /// <summary>The version that is current here.</summary>
    public ReleaseVersion? Installed => Installer.Installed?.Version;

    /// <exception cref="CommandException">There is no agent, it is damaged, or another process holds the lock.</exception>
    public static AgentSession Open(StateFolder folder, World world)
    {
        AgentState.RequireAt(folder);
        var held = StateLock.Take(folder.Lock, folder.Path);
        try
        {
            return new AgentSession(world, AgentState.Load(folder, world.Disk, world.Root), held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    public static Installer InstallerOf(AgentState state, World world) => InstallerOf(state, world, KindOf(state, world));

    private static IPayloadKind KindOf(AgentState state, World world)
    {
        var config = state.Config;
        var health = config.Health is { Count: > 0 } command ? new HealthCommand(command) : null;
        return config.IsLivepatch
            ? LivepatchKind.Create(
                config.Install, state.Folder.Livepatch, world.Kernel, world.Machine, health, config.Transition, world.Disk, world.Clock)
            : new TreeKind(config.Install, health, world.Disk);
    }

    private static Installer InstallerOf(AgentState state, World world, IPayloadKind kind)
    {
        var installer = new Installer(state.Folder.Path, kind, world.Disk)
        {
            IsVoid = release => state.Trusted.IsVoid(state.Root, release.Product, release.Version),
        };
        if (installer.Installed is { } other && other.Product != state.Config.Product)
        {
            throw new CommandException(
                ExitCode.Environment, "other-product", $"{state.Config.Install} holds {other.Product}, not {state.Config.Product}.",
                "Give each product its own --install folder.");
        }

        return installer;
    }

    /// <param name="goal">To say what is offered, or to bring it here.</param>
    /// <param name="display">Shows the download.</param>
    /// <param name="inTurn">Wait for the machine's place in a rollout; false when a person asks.</param>
    /// <param name="stop">Ends the run; pieces that were kept stay.</param>
    /// <param name="confirmTime">Ask a quorum for the time first, however sure this machine is of it.</param>
    public Task<UpdateResult> Run(
        UpdateGoal goal, DownloadDisplay display, bool inTurn, CancellationToken stop, bool confirmTime = false)
    {
        int[] order = [.. Enumerable.Range(0, _nodes.Count)];
        _world.Random.Shuffle(order);
        var task = new UpdateTask
        {
            Goal = goal,
            Root = State.Root,
            State = State.Trusted,
            Product = State.Config.Product,
            Channel = State.Config.Channel,
            Situation = new Situation
            {
                Machine = _world.Machine(),
                Installed = Installed,
                Quarantined = [.. Installer.Quarantined.Where(one => one.Product == State.Config.Product).Select(one => one.Version)],
                Kinds = [Kind.Kind],
                Cohort = inTurn ? State.Config.Cohort : null,
            },
            Order = order,
            Known = _world.Signatures,
            ConfirmTime = confirmTime,
            Convicted = [.. State.Evidence.Convictions().Select(conviction => conviction.Node)],
            LastProof = State.LastProof(),
        };
        var downloader = new Downloader(_nodes, _downloads, _world.Download, _world.Clock);
        return new UpdateRun(State, _nodes, downloader, update => Installer.Inspect(PayloadOf(update)), display, _world)
            .Run(task, stop);
    }

    /// <summary>The update's payload, where its download lies or will lie.</summary>
    public Payload PayloadOf(VerifiedUpdate update) => Payload.Of(
        update.Release, update.ReleaseRow.Id, State.Config.Channel, _downloads.ArtifactPath(update.Payload.Sha256));

    /// <summary>Removes the downloaded bytes of what was installed, or can never be.</summary>
    public void Forget(Artifact artifact) => _downloads.Remove(artifact.Sha256);

    /// <summary>Before anything is installed: another agent, with a state folder of its own, may have the same install folder.</summary>
    /// <exception cref="CommandException">Another process installs there.</exception>
    public void HoldInstall()
    {
        string install = State.Config.Install;
        _world.Disk.EnsureDirectory(install);
        _installLock ??= StateLock.Take(Path.Combine(install, ".lock"), install);
    }

    public void Dispose()
    {
        _installLock?.Dispose();
        _lock.Dispose();
    }
}
