using SupplyChain.RepoNode.Core.Consensus.Boot;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Peers;

namespace SupplyChain.RepoNode.Operations.Joining;

/// <summary>
/// Asks every peer what it has seen signed with this node's keys, until 2f have answered; the core's
/// <see cref="BootCheck"/> judges. Peers answer while they wait for answers themselves, so that a network that starts as
/// a whole gets going.
/// </summary>
internal sealed class BootQuestion(BootCheck check, PeerSet peers, PeerNetwork network, ILogger<BootQuestion> log)
{
    /// <summary>The node may sign.</summary>
    public bool HasPassed => check.HasPassed;

    public int Answers => check.Answers;

    public int Needed => check.Needed;

    /// <summary>Asks one peer, unless that has become needless.</summary>
    public void Ask(int peer)
    {
        if (!HasPassed && !check.HasAnswered((byte)peer))
            network.Send(peer, new PeerMessage.AsksSigned(check.Question));
    }

    /// <summary>Asks those within reach that have not answered: a question may be lost.</summary>
    public void AskAgain()
    {
        foreach (int peer in peers.Others.Where(network.IsConnected)) Ask(peer);
    }

    public BootVerdict Take(byte from, LastSigned answer)
    {
        bool passedBefore = HasPassed;
        var verdict = check.Take(from, answer);
        if (!passedBefore && HasPassed)
            log.LogInformation("{Answers} peers confirm the signing journal: this node may sign", Answers);
        return verdict;
    }
}
