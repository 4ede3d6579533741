using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.Protocol.Statements;

/// <summary>
/// What is logged: an in-toto Statement v1 with one of the predicates of docs/protocol.md §3, in its one JSON spelling.
/// What <c>TryRead</c> returns obeys every rule of that section; what a caller puts together is held to the same
/// rules when it is written.
/// <code>{"_type":…,"subject":[…],"predicateType":"urn:supplychain:&lt;name&gt;:v1","predicate":{…}}</code>
/// </summary>
public abstract record Statement
{
    private const string Type = "https://in-toto.io/Statement/v1";

    private protected Statement()
    {
    }

    /// <summary>The network this was said in; nothing counts in another one.</summary>
    public required string Origin { get; init; }

    /// <summary>The first field, in its order, whose value breaks a rule of docs/protocol.md §3; null when all obey.</summary>
    public abstract string? InvalidField { get; }

    /// <summary><c>H</c> of the DSSE PAE, as <see cref="Envelope.Id"/>.</summary>
    public Digest Id() => Digest.Of(Envelope.Pae(ToPayload()));

    internal abstract IReadOnlyList<Subject> Subjects { get; }

    internal abstract string Predicate { get; }

    private protected abstract void WritePredicate(CanonicalJsonWriter writer);

    public static bool TryRead(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out Statement? statement)
    {
        statement = null;
        if (payload.Length > Limits.MaxEntrySize) return false;

        var reader = new CanonicalJsonReader(payload);
        if (!TryBegin(ref reader, out string? predicate, out var subjects)) return false;
        if (!TryReadPredicate(ref reader, predicate, subjects, out var read)) return false;
        if (!reader.TryEndObject() || !reader.TryEndObject() || !reader.AtEnd) return false;

        // A subject repeats what the predicate says, so they are compared as a whole.
        if (read.InvalidField is not null || !read.Subjects.SequenceEqual(subjects)) return false;

        statement = read;
        return true;
    }

    /// <summary>Reads the statement of an entry.</summary>
    public static bool TryRead(Envelope entry, [NotNullWhen(true)] out Statement? statement) =>
        TryRead(entry.Payload.Span, out statement);

    /// <summary>
    /// The predicate's type, such as <c>urn:supplychain:release:v1</c>, of what begins as a statement; null when it does not.
    /// Whether it is one, <see cref="TryRead(ReadOnlySpan{byte}, out Statement?)"/> says, at the cost of reading its keys.
    /// </summary>
    public static string? PredicateTypeOf(ReadOnlySpan<byte> payload)
    {
        var reader = new CanonicalJsonReader(payload);
        return TryBegin(ref reader, out string? predicate, out _) ? predicate : null;
    }

    /// <exception cref="InvalidOperationException"><see cref="InvalidField"/> is not null.</exception>
    public byte[] ToPayload()
    {
        if (InvalidField is { } field) throw new InvalidOperationException($"The statement's field '{field}' breaks its rule.");

        var writer = new CanonicalJsonWriter().BeginObject().Field("_type", Type).Name("subject").BeginArray();
        foreach (var subject in Subjects) subject.WriteTo(writer);
        writer.EndArray().Field("predicateType", UrnOf(Predicate)).Name("predicate").BeginObject();
        WritePredicate(writer);
        return writer.EndObject().EndObject().ToArray();
    }

    private protected static bool IsTime(long time) => time is >= 0 and <= (long)Limits.MaxJsonNumber;

    // Up to the predicate's own fields.
    private protected static bool TryBegin(
        ref CanonicalJsonReader reader, [NotNullWhen(true)] out string? predicate, out IReadOnlyList<Subject> subjects)
    {
        predicate = null;
        subjects = [];
        if (!reader.TryBeginObject() || !reader.TryName("_type") || !reader.TryString(out string? type, Type.Length)) return false;
        if (!string.Equals(type, Type, StringComparison.Ordinal)) return false;
        if (!reader.TryName("subject") || !Subject.TryReadList(ref reader, out subjects)) return false;
        if (!reader.TryName("predicateType") || !reader.TryString(out predicate, Limits.MaxNameLength)) return false;
        return reader.TryName("predicate") && reader.TryBeginObject();
    }

    private static bool TryReadPredicate(
        ref CanonicalJsonReader reader, string predicate, IReadOnlyList<Subject> subjects, [NotNullWhen(true)] out Statement? statement)
    {
        statement = predicate switch
        {
            _ when predicate == UrnOf(Release.Name) => Release.ReadPredicate(ref reader, subjects),
            _ when predicate == UrnOf(Promotion.Name) => Promotion.ReadPredicate(ref reader, subjects),
            _ when predicate == UrnOf(Revocation.Name) => Revocation.ReadPredicate(ref reader, subjects),
            _ when predicate == UrnOf(Rotation.Name) => Rotation.ReadPredicate(ref reader),
            _ when predicate == UrnOf(StateLeaf.Name) => StateLeaf.ReadPredicate(ref reader),
            _ => null,
        };
        return statement is not null;
    }

    private protected static string UrnOf(string predicate) => $"urn:supplychain:{predicate}:v1";
}
