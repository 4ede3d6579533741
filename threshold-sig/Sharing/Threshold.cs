namespace SupplyChain.ThresholdSig.Sharing;

/// <summary>
/// How many sign for a group: of <see cref="Members"/> m, any <see cref="Required"/> t, while at most <see
/// cref="Faulty"/> f′ are corrupt. 1 ≤ m ≤ 255; t ≥ f′+1, so the corrupt ones alone cannot sign; t ≤ m − f′, so they
/// cannot stop the others.
/// </summary>
public readonly record struct Threshold
{
    public const int MaxMembers = 255;

    /// <exception cref="ArgumentException">The three numbers do not fit together.</exception>
    public Threshold(int members, int required, int faulty)
    {
        if (!IsPossible(members, required, faulty))
            throw new ArgumentException($"No group has {members} members, needs {required} and withstands {faulty}.");

        Members = members;
        Required = required;
        Faulty = faulty;
    }

    public int Members { get; }

    public int Required { get; }

    public int Faulty { get; }

    /// <summary>Whether a majority must sign, so that two groups never sign without a common member.</summary>
    public bool IsRecommended => 2 * Required > Members;

    public static bool TryCreate(int members, int required, int faulty, out Threshold threshold)
    {
        bool possible = IsPossible(members, required, faulty);
        threshold = possible ? new Threshold(members, required, faulty) : default;
        return possible;
    }

    /// <summary>Whether this is the number of a member: 1 to m.</summary>
    public bool HasMember(int index) => index >= 1 && index <= Members;

    // Ordered so that no difference overflows.
    private static bool IsPossible(int members, int required, int faulty) =>
        members is >= 1 and <= MaxMembers && faulty >= 0 && faulty < required && required <= members - faulty;
}
