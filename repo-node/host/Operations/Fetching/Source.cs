namespace SupplyChain.RepoNode.Operations.Fetching;

/// <summary>One node that artifacts are fetched from, and how it has done so far. <see cref="Sources"/> keeps the account.</summary>
internal sealed class Source(Uri url)
{
    public Uri Url => url;

    /// <summary>Requests under way.</summary>
    public int Busy { get; set; }

    /// <summary>What a byte took lately; of one that was never asked, a guess.</summary>
    public double SecondsPerByte { get; set; } = 1.0 / (4 << 20);

    public int FailuresInARow { get; set; }

    /// <summary>On the clock that nobody sets; it is asked before only when nobody else is left.</summary>
    public TimeSpan RestsUntil { get; set; }
}

/// <summary>What one source answered.</summary>
internal abstract record Reply
{
    private Reply()
    {
    }

    /// <summary>As many bytes as were asked for; whether they are right is not known yet.</summary>
    public sealed record Gives(byte[] Bytes) : Reply;

    /// <summary>It does not have the artifact, and says so.</summary>
    public sealed record Lacks : Reply;

    /// <summary>It is away, too slow, or answers something else.</summary>
    public sealed record Fails : Reply;
}
