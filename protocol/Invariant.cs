using System.Diagnostics.CodeAnalysis;

namespace SupplyChain.Protocol;

/// <summary>
/// Statements about our own code and stored state. A broken one stops the process, in release builds too.
/// </summary>
public static class Invariant
{
    /// <exception cref="InvariantBrokenException"><paramref name="condition"/> is false.</exception>
    public static void Holds([DoesNotReturnIf(false)] bool condition, string meaning)
    {
        if (!condition) throw new InvariantBrokenException(meaning);
    }
}

/// <summary>Our own code or stored state is wrong; nobody catches this.</summary>
public sealed class InvariantBrokenException(string meaning) : Exception(meaning);
