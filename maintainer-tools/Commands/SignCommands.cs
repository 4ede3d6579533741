using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using SupplyChain.MaintainerTools.Ceremony;
using SupplyChain.MaintainerTools.Drafting;
using SupplyChain.MaintainerTools.Publishing;
using SupplyChain.MaintainerTools.Shares;
using SupplyChain.MaintainerTools.Signing;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.MaintainerTools.Commands;

/// <summary><c>share sign</c>: a group signs one statement, each member on its own machine.</summary>
internal static class SignCommands
{
    public static Command Build() =>
        new("sign", "Review, approve and sign a statement together, by files in a folder.")
        {
            Request(), Review(), Approve(), Combine(), Verify(),
        };

    private static Leaf Request()
    {
        var statement = new Option<string>("--statement") { Description = "The statement to sign.", Required = true };
        var group = GroupOption();
        var folder = RequestFolder();

        return new Leaf("request", "Ask a group for its signature on a statement.",
            "share sign request --statement statement.json --group group.json --dir request", (invocation, _) =>
            {
                string path = invocation.Get(statement);
                byte[] payload = DurableFile.Read(path, Limits.MaxEntrySize);
                var request = SigningRequest.Create(invocation.Get(folder), payload, GroupFile.Load(invocation.Get(group)), path);
                return Task.FromResult(Describe(request, "Each maintainer now runs `share sign review`, then `share sign approve`."));
            })
        { statement, group, folder };
    }

    private static Leaf Review()
    {
        var folder = RequestFolder();
        var artifacts = new Option<string[]>("--artifact")
        {
            Description = "A file you built or got yourself: its digests are computed and compared.",
            AllowMultipleArgumentsPerToken = true,
        };

        return new Leaf("review", "Show what a request asks you to sign, and what signing means.",
            "share sign review --dir request --artifact acme-1.2.0.tar", async (invocation, cancellation) =>
            {
                var request = SigningRequest.Load(invocation.Get(folder));
                var compared = new List<ComparedArtifact>();
                foreach (string path in invocation.Find(artifacts) ?? [])
                    compared.Add(await CompareAsync(request.Statement, path, invocation.Screen, cancellation).ConfigureAwait(false));
                return Describe(request, $"To sign it, run `share sign approve --statement {request.Id.ToHex()}`.", compared);
            })
        { folder, artifacts };
    }

    private static Leaf Approve()
    {
        var folder = RequestFolder();
        var own = new Option<string?>("--id") { Description = "Your own folder, with share.age in it." };
        var share = new Option<string?>("--share") { Description = "Your share, when it lies elsewhere." };
        var statement = new Option<string?>("--statement")
        {
            Description = "The id that `share sign review` showed: anything else is refused. Without it you are asked, on a terminal.",
            HelpName = "ID",
        };
        var conflict = new Option<bool>("--allow-conflict")
        {
            Description = "Sign although you signed another statement for the same place before.",
        };
        var descriptor = SecretOptions.PassphraseDescriptor();

        return new Leaf("approve", "Sign a request with your share.", "share sign approve --dir request --id ~/alice", (invocation, _) =>
            {
                var request = SigningRequest.Load(invocation.Get(folder));
                string sharePath = invocation.Find(share) ?? (invocation.Find(own) is { } path ? Path.Combine(path, ShareFile.FileName) : null)
                    ?? throw CommandFailure.Usage("share-missing", "It is not said where your share is.", "give --id or --share");
                bool canAsk = !invocation.Json && invocation.Find(descriptor) is null && !Console.IsInputRedirected;
                if (!invocation.Json) Show(request, invocation.Screen);
                RequireReviewed(request, invocation.Find(statement), canAsk ? invocation.Screen : null);

                using var passphrase = invocation.Passphrase(descriptor).Existing(sharePath);
                var partial = Approving.Approve(request, sharePath, passphrase, invocation.Get(conflict), DateTimeOffset.UtcNow);
                return Task.FromResult(DescribeApproval(request, partial.Index));
            })
        { folder, own, share, statement, conflict, descriptor };
    }

    private static Leaf Combine()
    {
        var folders = new Option<string[]>("--dir")
        {
            Description = "The request's folder; for a rotation that changes the root key, those of the old and of the new group.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var output = new Option<string>("--out") { Description = "Where the signed envelope goes.", Required = true };

        return new Leaf("combine", "Make the groups' signatures of enough approvals.", "share sign combine --dir request --out envelope.json",
            (invocation, _) =>
            {
                CombinedGroup[] groups = [.. invocation.Get(folders).Select(folder => CombineOne(invocation, folder))];
                RequireOneStatement(groups);
                var envelope = Envelope.Of(groups[0].Request.Payload, groups.Select(group => group.Signature));

                string path = invocation.Get(output);
                DurableFile.EnsurePublic(path, envelope.ToBytes());
                return Task.FromResult(DescribeEnvelope(groups, path));
            })
        { folders, output };
    }

    private static CombinedGroup CombineOne(Invocation invocation, string folder)
    {
        var request = SigningRequest.Load(folder);
        var approvals = request.Approvals();
        foreach (var bad in approvals.Where(approval => !approval.IsValid))
            invocation.Screen.Note($"Not counted: {bad.Who}: {bad.Fault}.");
        return new CombinedGroup(request, approvals, request.Sign(approvals) ?? throw TooFew(request, approvals, folder));
    }

    private static void RequireOneStatement(IReadOnlyList<CombinedGroup> groups)
    {
        if (groups.Any(group => group.Request.Id != groups[0].Request.Id))
        {
            throw CommandFailure.Refused("statement-differs", "The folders hold different statements.",
                "make both requests of the same file with `share sign request`");
        }

        if (groups.DistinctBy(group => group.Request.Group.KeyId).Count() < groups.Count)
        {
            throw CommandFailure.Usage("group-repeated", "Two of the folders are of one group, which signs once.", "give each group's folder once");
        }
    }

    private static Leaf Verify()
    {
        var envelope = new Option<string>("--envelope") { Description = "A signed envelope.", Required = true };
        var groups = new Option<string[]>("--group")
        {
            Description = "The public file of the group, or of each group that must have signed.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };

        return new Leaf("verify", "Check that an envelope carries exactly the groups' signatures.",
            "share sign verify --envelope envelope.json --group group.json", (invocation, _) =>
            {
                string path = invocation.Get(envelope);
                var read = EnvelopeFile.Load(path);
                var statement = SigningRequest.ReadStatement(read.Payload.Span, path);
                GroupFile[] keys = [.. invocation.Get(groups).Select(GroupFile.Load)];
                string names = string.Join("' and '", keys.Select(key => key.Name));
                if (!read.IsSignedExactlyBy([.. keys.Select(key => key.Key.PublicKey)]))
                {
                    throw CommandFailure.Refused("signature-invalid", $"{path} does not carry exactly the valid signature of '{names}'.",
                        "check that statement and group belong together; if they do, somebody changed the file");
                }

                var summary = StatementSummary.Of(statement);
                var json = new JsonObject
                {
                    ["valid"] = true,
                    ["id"] = read.Id.ToHex(),
                    ["kind"] = summary.Kind,
                    ["group"] = string.Join(", ", keys.Select(key => key.Name)),
                };
                return Task.FromResult(new Outcome(json, screen =>
                {
                    Show(summary, screen);
                    screen.Line($"Valid: '{names}' signed statement {read.Id.ToHex()}.");
                }));
            })
        { envelope, groups };
    }

    // The request lies in a shared folder: between review and approval somebody may have put another statement there.
    private static void RequireReviewed(SigningRequest request, string? reviewed, Screen? terminal)
    {
        if (reviewed is not null)
        {
            var expected = StatementOptions.ReadDigest("--statement", reviewed);
            if (expected == request.Id) return;

            throw CommandFailure.Refused("statement-differs", $"The request holds statement {request.Id.ToHex()}, not {expected.ToHex()}.",
                "review it again, and find out who replaced it");
        }

        if (terminal is null)
        {
            throw CommandFailure.Usage("statement-missing", "It is not said which statement you reviewed, and nobody can be asked.",
                "give --statement with the id that `share sign review` showed");
        }

        if (!terminal.Confirm("Is this what you reviewed, and do you sign it? Type yes: "))
            throw CommandFailure.Refused("not-approved", "You did not say yes; nothing was signed.", "run `share sign review` first");
    }

    private static async Task<ComparedArtifact> CompareAsync(
        Statement statement, string path, Screen screen, CancellationToken cancellation)
    {
        var computed = await screen.WithProgressAsync(board => ArtifactDigester.ComputeAsync(path, board, cancellation)).ConfigureAwait(false);
        if ((statement as Release)?.Artifacts.FirstOrDefault(artifact => artifact with { Name = computed.Name } == computed) is { } found)
            return new ComparedArtifact(path, found.Name);

        throw CommandFailure.Refused("artifact-differs",
            $"{path} ({computed.Size.ToString(CultureInfo.InvariantCulture)} bytes, sha256 {computed.Sha256.ToHex()}) is no artifact of this statement.",
            "do not approve until you know why your file differs");
    }

    private static Outcome Describe(SigningRequest request, string next, IReadOnlyList<ComparedArtifact>? compared = null)
    {
        var approvals = request.Approvals();
        var json = new JsonObject
        {
            ["id"] = request.Id.ToHex(),
            ["kind"] = StatementSummary.Of(request.Statement).Kind,
            ["group"] = request.Group.Name,
            ["threshold"] = request.Group.Key.Threshold.Required,
            ["approved"] = Outcome.Array(approvals.Where(approval => approval.IsValid).Select(approval => approval.Who)),
            ["statement"] = JsonNode.Parse(request.Payload),
            ["compared"] = Outcome.Array((compared ?? []).Select(one => new JsonObject { ["file"] = one.Path, ["artifact"] = one.Name })),
        };
        return new Outcome(json, screen =>
        {
            Show(request, screen);
            foreach (var one in compared ?? []) screen.Line($"{one.Path} is {one.Name}: size, SHA-256 and fs-verity digest agree.");
            screen.Line($"Approved by: {Names(approvals)}; {request.Group.Key.Threshold.Required} are needed.");
            screen.Line(next);
        });
    }

    private static Outcome DescribeApproval(SigningRequest request, int index)
    {
        string who = request.Group.NameOf(index);
        var json = new JsonObject { ["id"] = request.Id.ToHex(), ["index"] = index, ["member"] = who, ["group"] = request.Group.Name };
        return new Outcome(json, screen =>
            screen.Line($"{who} approved statement {request.Id.ToHex()} as member {index} of '{request.Group.Name}'."));
    }

    private static Outcome DescribeEnvelope(IReadOnlyList<CombinedGroup> groups, string path)
    {
        var id = groups[0].Request.Id;
        JudgedApproval[] approvals = [.. groups.SelectMany(group => group.Approvals)];
        var json = new JsonObject
        {
            ["id"] = id.ToHex(),
            ["envelope"] = path,
            ["group"] = string.Join(", ", groups.Select(group => group.Request.Group.Name)),
            ["valid"] = Outcome.Array(approvals.Where(approval => approval.IsValid).Select(approval => approval.Who)),
            ["invalid"] = Outcome.Array(approvals.Where(approval => !approval.IsValid).Select(approval => approval.Who)),
        };
        return new Outcome(json, screen =>
        {
            foreach (var group in groups) screen.Line($"'{group.Request.Group.Name}' has signed statement {id.ToHex()}.");
            screen.Line($"The envelope is {path}; the approvals of {Names(approvals)} are in it, but not their names.");
        });
    }

    private static CommandFailure TooFew(SigningRequest request, IReadOnlyList<JudgedApproval> approvals, string folder)
    {
        int valid = approvals.Count(approval => approval.IsValid), needed = request.Group.Key.Threshold.Required;
        string bad = string.Concat(approvals.Where(approval => !approval.IsValid)
            .Select(approval => $" Not counted: {approval.Who} ({approval.Fault})."));
        return CommandFailure.Refused("too-few-approvals",
            $"{folder} holds {valid} of {needed} valid approvals: {needed - valid} missing.{bad}",
            $"ask more members of '{request.Group.Name}' to run `share sign approve`");
    }

    private static string Names(IReadOnlyList<JudgedApproval> approvals)
    {
        string names = string.Join(", ", approvals.Where(approval => approval.IsValid).Select(approval => approval.Who));
        return names.Length == 0 ? "nobody yet" : names;
    }

    private static void Show(SigningRequest request, Screen screen)
    {
        Show(StatementSummary.Of(request.Statement), screen);
        screen.Line($"Statement {request.Id.ToHex()}, to be signed by '{request.Group.Name}'.");
    }

    private static void Show(StatementSummary summary, Screen screen)
    {
        var table = new Table { Title = new TableTitle(summary.Kind) }.AddColumns("", "").HideHeaders();
        foreach (var (label, value) in summary.Rows) table.AddRow(Markup.Escape(label), Markup.Escape(value));
        screen.Show(table);
        screen.Line(summary.Meaning);
    }

    private static Option<string> GroupOption() => new("--group") { Description = "The group's public file.", Required = true };

    private static Option<string> RequestFolder() => new("--dir") { Description = "The request's folder.", Required = true };

    private sealed record CombinedGroup(SigningRequest Request, IReadOnlyList<JudgedApproval> Approvals, EnvelopeSignature Signature);

    private sealed record ComparedArtifact(string Path, string Name);
}
