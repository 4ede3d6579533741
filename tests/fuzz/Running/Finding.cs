using System.Globalization;
using SupplyChain.Fuzz.Tests.Readers;

namespace SupplyChain.Fuzz.Tests.Running;

/// <summary>What a reader must never do.</summary>
internal enum Fault
{
    /// <summary>It threw.</summary>
    Exception,

    /// <summary>It accepted bytes that it would write differently.</summary>
    SecondSpelling,

    /// <summary>It allocated more than the input warrants.</summary>
    Allocation,

    /// <summary>It took longer than its limit, twice.</summary>
    Slow,

    /// <summary>It did not come back.</summary>
    Hang,

    /// <summary>It refused a sample, or was given none.</summary>
    SampleRefused,
}

/// <param name="Reader">Whose.</param>
/// <param name="Fault">Which property broke.</param>
/// <param name="Detail">What was seen.</param>
/// <param name="Input">The bytes that did it.</param>
/// <param name="Seed">That made them; null for inputs of the corpus and samples.</param>
internal sealed record Finding(Reader Reader, Fault Fault, string Detail, byte[] Input, int? Seed)
{
    private const int LongestPrinted = 8_192;

    public override string ToString()
    {
        string bytes = Input.Length <= LongestPrinted ? Convert.ToBase64String(Input) : $"{Input.Length} bytes, too long to print";
        string replay = Seed is { } seed
            ? string.Create(CultureInfo.InvariantCulture, $"\n  replay: dotnet run -c Release --project tests/fuzz -- --replay {Reader.Name}:{seed}")
            : "";
        return $"{Reader.Name}: {Fault}: {Detail}\n  input: {bytes}{replay}";
    }
}
