using SupplyChain.Protocol.Verification;
using SupplyChain.UpdaterAgent.Core.Freshness;
using SupplyChain.UpdaterAgent.Core.Policy;

namespace SupplyChain.UpdaterAgent.Core;

/// <summary>How a run ended.</summary>
public abstract record UpdateOutcome
{
    private UpdateOutcome()
    {
    }

    /// <summary>The question was answered, and there is nothing more to do for the goal.</summary>
    public sealed record Decided(Decision Decision) : UpdateOutcome;

    /// <summary>Downloaded, decided twice, to be installed now.</summary>
    public sealed record Ready(VerifiedUpdate Update) : UpdateOutcome;

    /// <summary>What came was refused, and no node had better.</summary>
    public sealed record Refused(Rejection Rejection) : UpdateOutcome;

    /// <summary>Too few nodes answered; with <paramref name="Answers"/> when everyone was asked.</summary>
    public sealed record NoQuorum(Rejection Rejection, NonceAnswers? Answers) : UpdateOutcome;

    /// <summary>No node had the missing pieces.</summary>
    public sealed record NotDownloaded(VerifiedUpdate Update) : UpdateOutcome;

    /// <summary>The channel moved each time the download was done.</summary>
    public sealed record KeptChanging(VerifiedUpdate Update) : UpdateOutcome;
}

/// <summary>A question that one node did not answer well.</summary>
/// <param name="Node">Its number in the trust root's order.</param>
/// <param name="Fault">What it did.</param>
public sealed record NodeFailure(int Node, NodeFault Fault);
