using System.Diagnostics.CodeAnalysis;
using SupplyChain.MaintainerTools.Ceremony;
using SupplyChain.MaintainerTools.Shares;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Statements;
using SupplyChain.ThresholdSig.Signing;

namespace SupplyChain.MaintainerTools.Signing;

/// <summary>
/// A folder in which a group signs one statement (docs/protocol.md §12): <c>statement.json</c>, the exact bytes that are signed;
/// <c>group.json</c>; and one file per approval. Whatever carries files between the maintainers carries it.
/// </summary>
internal sealed class SigningRequest
{
    public const string StatementName = "statement.json";

    private const string ApprovalsName = "approvals", Extension = ".json";

    private readonly string _path;

    private SigningRequest(string path, byte[] payload, Statement statement, GroupFile group)
    {
        _path = path;
        Payload = payload;
        Statement = statement;
        Group = group;
        Id = statement.Id();
    }

    public byte[] Payload { get; }

    public Statement Statement { get; }

    public GroupFile Group { get; }

    /// <summary>The statement's id.</summary>
    public Digest Id { get; }

    /// <param name="folder">Of the request.</param>
    /// <param name="payload">The statement.</param>
    /// <param name="group">Who is to sign.</param>
    /// <param name="source">What the statement is called in messages: its file.</param>
    /// <exception cref="CommandFailure">The statement is not one, or the folder holds another request.</exception>
    public static SigningRequest Create(string folder, byte[] payload, GroupFile group, string source = "the statement")
    {
        var request = new SigningRequest(folder, payload, ReadStatement(payload, source), group);
        DurableFile.EnsurePublic(Path.Combine(folder, StatementName), payload);
        DurableFile.EnsurePublic(Path.Combine(folder, GroupFile.FileName), group.ToBytes());
        return request;
    }

    /// <exception cref="CommandFailure">Something is missing, or not in its one spelling.</exception>
    public static SigningRequest Load(string folder)
    {
        string path = Path.Combine(folder, StatementName);
        byte[] payload = DurableFile.Read(path, Limits.MaxEntrySize);
        return new SigningRequest(folder, payload, ReadStatement(payload, path), GroupFile.Load(Path.Combine(folder, GroupFile.FileName)));
    }

    /// <summary>Reads a statement that somebody wants signed.</summary>
    /// <exception cref="CommandFailure">It is not canonical, or nothing that maintainers sign.</exception>
    public static Statement ReadStatement(ReadOnlySpan<byte> payload, string path)
    {
        if (!Statement.TryRead(payload, out var statement))
        {
            throw CommandFailure.Refused("statement-malformed", $"{path} is not a statement in its one spelling.",
                "make it with `share release new`, `promote`, `revoke` or `trust new`, and never edit it");
        }

        return statement is StateLeaf
            ? throw CommandFailure.Refused("statement-unsigned", $"{path} is a state leaf, which nobody signs.", "ask where it came from")
            : statement;
    }

    /// <summary>Adds an approval; the same one again changes nothing.</summary>
    public void Add(PartialSignature partial) => DurableFile.EnsurePublic(
        Path.Combine(_path, ApprovalsName, StrictDecimal.Encode((ulong)partial.Index) + Extension), new Approval(Id, partial).ToBytes());

    /// <summary>All approvals in the folder, each judged.</summary>
    public IReadOnlyList<JudgedApproval> Approvals()
    {
        var directory = new DirectoryInfo(Path.Combine(_path, ApprovalsName));
        if (!directory.Exists) return [];

        return
        [
            .. directory.EnumerateFiles('*' + Extension).Where(file => file.Name[0] != '.')
                .OrderBy(file => file.Name.Length).ThenBy(file => file.Name, StringComparer.Ordinal)
                .Select(file => Judge(file.Name, DurableFile.Read(file.FullName, ToolLimits.MaxPublicFile))),
        ];
    }

    /// <summary>Makes the envelope of the valid approvals; null while there are too few.</summary>
    public Envelope? Combine(IReadOnlyList<JudgedApproval> approvals) =>
        Sign(approvals) is { } signature ? Envelope.Of(Payload, signature) : null;

    /// <summary>The group's signature, of the valid approvals; null while there are too few.</summary>
    public EnvelopeSignature? Sign(IReadOnlyList<JudgedApproval> approvals)
    {
        byte[] signed = Envelope.Pae(Payload);
        PartialSignature[] valid = [.. approvals.Where(approval => approval.IsValid).Select(approval => approval.Partial!)];
        return Combiner.Combine(Group.Key, signed, valid) is Combination.Combined combined
            ? new EnvelopeSignature(Group.KeyId, combined.Signature.ToBytes())
            : null;
    }

    private JudgedApproval Judge(string fileName, byte[] file)
    {
        string number = fileName[..^Extension.Length];
        if (!Approval.TryRead(file, out var approval)) return new JudgedApproval(fileName, "malformed", null);
        if (approval.Statement != Id) return new JudgedApproval(fileName, "approves another statement", null);
        if (number != StrictDecimal.Encode((ulong)approval.Partial.Index)) return new JudgedApproval(fileName, "stands under another index", null);

        return Group.Key.VerifyPartial(Envelope.Pae(Payload), approval.Partial)
            ? new JudgedApproval(Group.NameOf(approval.Partial.Index), null, approval.Partial)
            : new JudgedApproval(Group.NameOf(approval.Partial.Index), "is not this member's valid partial signature", null);
    }
}

/// <summary>One file of a request's approvals: <c>{"statement":…,"partial":…}</c>.</summary>
internal sealed record Approval(Digest Statement, PartialSignature Partial)
{
    public byte[] ToBytes() => new CanonicalJsonWriter().BeginObject()
        .Field("statement", Statement).Name("partial").Hex(Partial.ToBytes()).EndObject().ToArray();

    public static bool TryRead(ReadOnlySpan<byte> json, [NotNullWhen(true)] out Approval? approval)
    {
        approval = null;
        var reader = new CanonicalJsonReader(json);
        if (!reader.TryBeginObject()
            || !reader.TryName("statement") || !reader.TryDigest(out var statement)
            || !reader.TryName("partial") || !reader.TryHexBytes(PartialSignature.Size, out byte[]? bytes)
            || !reader.TryEndObject() || !reader.AtEnd || !PartialSignature.TryRead(bytes, out var partial))
        {
            return false;
        }

        approval = new Approval(statement, partial);
        return true;
    }
}

/// <param name="Who">The member, or the file's name where the member is not sure.</param>
/// <param name="Fault">What is wrong; null when valid.</param>
/// <param name="Partial">There when valid.</param>
internal sealed record JudgedApproval(string Who, string? Fault, PartialSignature? Partial)
{
    public bool IsValid => Fault is null;
}
