using System.Security.Cryptography;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Output.Reports;
using SupplyChain.UpdaterAgent.State;
using SupplyChain.UpdaterAgent.Updating;

namespace SupplyChain.UpdaterAgent.Commands;

/// <summary><c>init</c>: a new agent from a trust root that the operator got from its publisher.</summary>
internal sealed class InitCommand(World world)
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const string GetAgain = "Get the file again from its publisher.";

    /// <summary>What the operator gave.</summary>
    internal sealed record Request(
        string TrustRoot, string Product, string Channel, string Install, string? Health, int? PollSeconds, string? Kind = null);

    public Report Run(StateFolder folder, Request request)
    {
        if (!Names.IsName(request.Product) || !Names.IsName(request.Channel))
        {
            throw new CommandException(
                ExitCode.Usage, "usage", "Product and channel are names of 1 to 64 characters of a-z 0-9 . -", "docs/protocol.md §1");
        }

        if (request.Kind is { } kind && !AgentConfig.IsKind(kind))
        {
            throw new CommandException(
                ExitCode.Usage, "usage", $"'{kind}' is no kind of payload that an agent installs.",
                $"It is {AgentConfig.Tree} or {AgentConfig.Livepatch}.");
        }

        if (request.PollSeconds is { } poll && !AgentConfig.IsPoll(poll))
        {
            throw new CommandException(
                ExitCode.Usage, "usage", $"{poll} s is no time between two looks.", $"It is {AgentConfig.LongestPollSeconds} s at most.");
        }

        byte[] envelope = ReadEnvelope(request.TrustRoot);
        if (!TrustRoot.TryReadEnvelope(envelope, out var root, out var rejection))
        {
            throw new CommandException(ExitCode.Refused, rejection.Name, $"{request.TrustRoot}: {rejection.Detail}", GetAgain);
        }

        if (root.RoleFor(request.Product) is null)
        {
            throw new CommandException(
                ExitCode.Refused, "role-unknown", $"No role of this trust root owns '{request.Product}'.",
                $"It knows: {string.Join(", ", root.Roles.SelectMany(role => role.Products).Order(StringComparer.Ordinal))}.");
        }

        string? health = request.Health is null ? null : ProgramAt(request.Health);
        Directory.CreateDirectory(folder.Path);
        using var held = StateLock.Take(folder.Lock, folder.Path);
        // An agent's floors and checkpoint protect it; they are never reset by the way.
        if (File.Exists(folder.Config) || File.Exists(folder.TrustedFirst) || File.Exists(folder.TrustedSecond))
        {
            throw new CommandException(
                ExitCode.Failed, "already-initialised", $"{folder.Path} holds an agent.",
                "Give another --state, or move the folder away first.");
        }

        var config = new AgentConfig(
            request.Product,
            request.Channel,
            Path.GetFullPath(request.Install),
            health is null ? null : [health],
            request.PollSeconds,
            Cohort: BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint))),
            Kind: request.Kind);
        AgentState.Create(folder, config, root, envelope, world.Disk);
        return new InitReport(
            root.Origin, root.Version, root.Id().ToHex(), root.Nodes.Count, root.Quorum.Required,
            request.Product, request.Channel, config.Install, folder.Path);
    }

    // The agent may run anywhere later, and a probe that cannot start would quarantine a good release.
    private static string ProgramAt(string path)
    {
        string program = Path.GetFullPath(path);
        if (!File.Exists(program)) throw Unusable("is not there");

        return (new FileInfo(program).UnixFileMode & Executable) != 0 ? program : throw Unusable("is not executable");

        CommandException Unusable(string why) => new(
            ExitCode.Environment, "health-command-unusable", $"{program} {why}.", "Give the path of the program with --health.");
    }

    private static byte[] ReadEnvelope(string path)
    {
        if (!File.Exists(path))
        {
            throw new CommandException(
                ExitCode.Environment, "trust-root-missing", $"{path} is not there.", "Give the file with --trust-root.");
        }

        return BoundedFile.Read(path, Limits.MaxEntrySize)
            ?? throw new CommandException(
                ExitCode.Refused, "root-malformed", $"{path} is larger than a trust root can be.", GetAgain);
    }
}
