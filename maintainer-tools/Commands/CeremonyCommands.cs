using System.CommandLine;
using System.Text.Json.Nodes;
using Spectre.Console;
using SupplyChain.MaintainerTools.Ceremony;
using SupplyChain.MaintainerTools.Shares;
using SupplyChain.MaintainerTools.Terminal;

namespace SupplyChain.MaintainerTools.Commands;

/// <summary><c>share ceremony</c>: m people make a key of which each holds a share, and which nobody ever holds whole.</summary>
internal static class CeremonyCommands
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    public static Command Build() =>
        new("ceremony", "Make a group key together, by files in a shared folder.") { Propose(), Join(), Run(), Status() };

    private static Leaf Propose()
    {
        var shared = SharedFolder();
        var name = new Option<string>("--name") { Description = "The group's name, such as the role it signs for.", Required = true };
        var threshold = new Option<int>("--threshold") { Description = "How many shares sign (t).", Required = true };
        var faulty = new Option<int>("--faulty")
        {
            Description = "How many members may be corrupt (f'): f' + 1 ≤ t ≤ m − f'.",
            Required = true,
        };
        var members = new Option<string[]>("--member")
        {
            Description = "An identity.json of a member, once per member.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };

        return new Leaf("propose", "Propose a ceremony: who takes part, and how many of them sign.",
            "share ceremony propose --dir /mnt/ceremony --name acme --threshold 2 --faulty 1 --member alice.json bob.json carol.json",
            (invocation, _) =>
            {
                var identities = invocation.Get(members).Select(PublicIdentity.Load).ToList();
                var proposal = Proposal.Create(
                    invocation.Get(name), invocation.Get(threshold), invocation.Get(faulty), identities, DateTimeOffset.UtcNow);
                new CeremonyFolder(invocation.Get(shared)).Propose(proposal);
                return Task.FromResult(Describe(proposal, "Each member now runs `share ceremony join` on this folder, and compares this id by voice."));
            })
        { shared, name, threshold, faulty, members };
    }

    private static Leaf Join()
    {
        var shared = SharedFolder();
        var own = OwnFolder();
        var descriptor = SecretOptions.PassphraseDescriptor();
        var workFactor = SecretOptions.WorkFactor();

        return new Leaf("join", "Take part in a ceremony: shows what is proposed and publishes your key for it.",
            "share ceremony join --dir /mnt/ceremony --id ~/alice", (invocation, _) =>
            {
                var folder = new CeremonyFolder(invocation.Get(shared));
                using var passphrase = AskFor(invocation, own, descriptor);
                using var run = CeremonyRun.Open(folder, passphrase, SettingsOf(invocation, own, null, workFactor, TimeSpan.Zero));
                run.Join();
                return Task.FromResult(Describe(run.Proposal,
                    "Compare the ceremony's id with the others by voice, then run `share ceremony run`."));
            })
        { shared, own, descriptor, workFactor };
    }

    private static Leaf Run()
    {
        var shared = SharedFolder();
        var own = OwnFolder();
        var share = new Option<string?>("--share") { Description = "Where your share goes; share.age in your own folder when not given." };
        var agreed = new Option<string?>("--ceremony")
        {
            Description = "The id you agreed on by voice: any other proposal is refused. Without it, only the one you joined is run.",
            HelpName = "ID",
        };
        var timeout = new Option<int?>("--timeout")
        {
            Description = "Seconds to wait for the others; without it, as long as it takes.",
            HelpName = "S",
        };
        var descriptor = SecretOptions.PassphraseDescriptor();
        var workFactor = SecretOptions.WorkFactor();

        return new Leaf("run", "Do every step of a ceremony and wait for the others. It may be interrupted and run again.",
            "share ceremony run --dir /mnt/ceremony --id ~/alice", async (invocation, cancellation) =>
            {
                var folder = new CeremonyFolder(invocation.Get(shared));
                var patience = invocation.Find(timeout) is { } seconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue;
                var settings = SettingsOf(invocation, own, share, workFactor, patience) with
                {
                    Ceremony = invocation.Find(agreed) is { } id ? StatementOptions.ReadDigest("--ceremony", id) : null,
                };
                using var passphrase = AskFor(invocation, own, descriptor);
                using var run = CeremonyRun.Open(folder, passphrase, settings);
                var group = await invocation.Screen.WithStatusAsync(status => run.RunAsync(status, cancellation)).ConfigureAwait(false);
                return Describe(group, folder.GroupPath, settings.SharePath);
            })
        { shared, own, share, agreed, timeout, descriptor, workFactor };
    }

    private static Leaf Status()
    {
        var shared = SharedFolder();
        var watch = new Option<bool>("--watch") { Description = "Stay until the ceremony is over, and show every change." };

        return new Leaf("status", "Show who did which step.", "share ceremony status --dir /mnt/ceremony --watch",
            async (invocation, cancellation) =>
            {
                var folder = new CeremonyFolder(invocation.Get(shared));
                var status = CeremonyStatus.Of(folder);
                string last = Json(status).ToJsonString();
                while (invocation.Get(watch) && !status.IsDone && !status.IsBroken)
                {
                    if (!invocation.Json && last.Length > 0) Show(status, invocation.Screen);
                    last = await ChangeAsync(folder, Json(status).ToJsonString(), cancellation).ConfigureAwait(false);
                    status = CeremonyStatus.Of(folder);
                }

                return new Outcome(Json(status), screen => Show(status, screen), status.IsBroken ? ExitCode.Refused : ExitCode.Done);
            })
        { shared, watch };
    }

    private static async Task<string> ChangeAsync(CeremonyFolder folder, string before, CancellationToken cancellation)
    {
        string now = before;
        while (now == before)
        {
            await Task.Delay(Poll, cancellation).ConfigureAwait(false);
            now = Json(CeremonyStatus.Of(folder)).ToJsonString();
        }

        return now;
    }

    private static CeremonyRun.Settings SettingsOf(
        Invocation invocation, Option<string> own, Option<string?>? share, Option<int> workFactor, TimeSpan timeout)
    {
        string folder = invocation.Get(own);
        string? sharePath = share is null ? null : invocation.Find(share);
        return new CeremonyRun.Settings(
            folder, sharePath ?? Path.Combine(folder, ShareFile.FileName), invocation.Get(workFactor), Poll, timeout);
    }

    private static SecretBuffer AskFor(Invocation invocation, Option<string> own, Option<int?> descriptor) =>
        invocation.Passphrase(descriptor).Existing(Path.Combine(invocation.Get(own), Identity.SecretName));

    private static Outcome Describe(Proposal proposal, string next)
    {
        var json = new JsonObject
        {
            ["ceremony"] = proposal.Id.ToHex(),
            ["name"] = proposal.Name,
            ["threshold"] = proposal.Threshold.Required,
            ["faulty"] = proposal.Threshold.Faulty,
            ["members"] = Outcome.Array(proposal.Members.Select(member => member.Name)),
        };
        return new Outcome(json, screen =>
        {
            screen.Line($"Ceremony {proposal.Id.ToHex()}");
            screen.Line($"makes the key of '{proposal.Name}': {proposal.Threshold.Required} of {proposal.Members.Count} sign, "
                + $"up to {proposal.Threshold.Faulty} may be corrupt.");
            if (!proposal.Threshold.IsRecommended)
                screen.Line("Careful: fewer than half can sign, so two groups without a common member could sign different things.");
            var table = new Table().AddColumns("member", "identity key");
            foreach (var member in proposal.Members) table.AddRow(member.Name, member.Key.ToHex());
            screen.Show(table);
            screen.Line(next);
        });
    }

    private static Outcome Describe(GroupFile group, string groupPath, string sharePath)
    {
        var json = new JsonObject
        {
            ["name"] = group.Name,
            ["key"] = group.Key.PublicKey.ToString(),
            ["keyid"] = group.KeyId.ToHex(),
            ["threshold"] = group.Key.Threshold.Required,
            ["members"] = group.Members.Count,
            ["ceremony"] = group.Ceremony.ToHex(),
            ["group"] = groupPath,
            ["share"] = sharePath,
        };
        return new Outcome(json, screen =>
        {
            screen.Line($"The group '{group.Name}' has the key {group.Key.PublicKey}.");
            screen.Line($"Your share is sealed in {sharePath}; keep a copy in another place, and the passphrase in a third.");
            screen.Line($"{groupPath} is public: everybody checks signatures with it.");
        });
    }

    private static JsonObject Json(CeremonyStatus status) => new()
    {
        ["ceremony"] = status.Proposal.Id.ToHex(),
        ["name"] = status.Proposal.Name,
        ["done"] = status.IsDone,
        ["broken"] = status.IsBroken,
        ["key"] = status.Group?.Key.PublicKey.ToString(),
        ["members"] = Outcome.Array(status.Members.Select(row => new JsonObject
        {
            ["name"] = row.Name,
            ["join"] = row.Steps[0],
            ["deal"] = row.Steps[1],
            ["confirm"] = row.Steps[2],
        })),
        ["foreign"] = status.Foreign,
        ["strangers"] = Outcome.Array(status.Strangers),
    };

    private static void Show(CeremonyStatus status, Screen screen)
    {
        var table = new Table().AddColumns("member", "join", "deal", "confirm");
        foreach (var row in status.Members) table.AddRow([row.Name, .. row.Steps]);
        screen.Line($"Ceremony {status.Proposal.Id.ToHex()} for '{status.Proposal.Name}'");
        screen.Show(table);
        foreach (string stranger in status.Strangers) screen.Line($"{stranger} is not a member but has put a message into the folder.");
        if (status.Foreign is { } why) screen.Line($"The group.json in the folder is not this ceremony's result: {why}. Do not use it.");
        if (status.Group is { } group) screen.Line($"Done: the key is {group.Key.PublicKey}.");
    }

    private static Option<string> SharedFolder() => new("--dir") { Description = "The folder that all members share.", Required = true };

    private static Option<string> OwnFolder() => new("--id") { Description = "Your own folder, which holds your identity.", Required = true };
}
