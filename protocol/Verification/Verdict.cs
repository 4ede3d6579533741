using System.Diagnostics.CodeAnalysis;

namespace SupplyChain.Protocol.Verification;

/// <summary>How a check ended: with what it established, or with the rule that refused.</summary>
public abstract record Verdict<T>
    where T : class
{
    private Verdict()
    {
    }

    public bool TryGet([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Rejection? rejection)
    {
        value = (this as Accepted)?.Value;
        rejection = (this as Rejected)?.Rejection;
        return value is not null;
    }

    public static implicit operator Verdict<T>(T value) => new Accepted(value);

    public static implicit operator Verdict<T>(Rejection rejection) => new Rejected(rejection);

    public sealed record Accepted(T Value) : Verdict<T>;

    public sealed record Rejected(Rejection Rejection) : Verdict<T>;
}
