namespace SupplyChain.Fuzz.Tests.Readers;

/// <summary>What a reader made of an input: refused, or accepted with the bytes it would be written as.</summary>
/// <param name="Accepted">False is an answer like any other.</param>
/// <param name="Encoded">Null where the type has no encoder.</param>
internal readonly record struct Answer(bool Accepted, byte[]? Encoded)
{
    public static Answer Refused => default;

    public static Answer Accept(byte[]? encoded = null) => new(true, encoded);
}

/// <summary>
/// One way in for bytes from outside, with inputs it accepts and the bounds it is held to. <paramref name="name"/> is also
/// the name of its file in <c>corpus</c>.
/// </summary>
internal sealed class Reader(string name, Func<byte[], Answer> read, Func<IEnumerable<byte[]>> samples)
{
    private readonly Lazy<IReadOnlyList<byte[]>> _samples = new(() => [.. samples()]);

    public string Name { get; } = name;

    /// <summary>The product's methods that this reader calls, such as <c>Envelope.TryRead</c>; overloads are one.</summary>
    public required IReadOnlyList<(Type Type, string Method)> Covers { get; init; }

    /// <summary>Valid inputs, the same in every run.</summary>
    public IReadOnlyList<byte[]> Samples => _samples.Value;

    /// <summary>The longest one input may take; there is no reader that needs a tenth of it on a quiet machine.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Bytes that may be allocated whatever the input is; to check one key of G2 takes half a megabyte.</summary>
    public long FixedAllocation { get; init; } = 4 << 20;

    /// <summary>Bytes that may be allocated for each byte of the input, on top of the fixed ones.</summary>
    public int AllocationPerByte { get; init; } = 64;

    public Answer Read(byte[] input) => read(input);

    /// <summary>A reader that covers one method.</summary>
    public static Reader Of(
        string name, Type type, string method, Func<byte[], Answer> read, Func<IEnumerable<byte[]>> samples) =>
        new(name, read, samples) { Covers = [(type, method)] };
}
