using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus.Messages;

namespace SupplyChain.RepoNode.Core.Consensus.Peers;

/// <summary>What the replica cannot go on without in its view; gathered anew in each step.</summary>
internal sealed class Wants(ReplicaState state, Fetcher fetcher, Outbox outbox)
{
    private readonly List<(PeerMessage Question, byte First)> _questions = [];

    public void Clear() => _questions.Clear();

    /// <summary>The certificates from this view to the one before the current.</summary>
    public void CertificatesFrom(View first) => Add(new PeerMessage.AsksCertificates(first, state.View.Previous), Leader);

    /// <summary>This block's body, unless it comes with the chain: a node that lags asks for that.</summary>
    public void Block(Digest hash)
    {
        if (!state.Lags) Add(new PeerMessage.AsksBlock(hash), Leader);
    }

    /// <summary>The final blocks after the tip: the leader may be away, and is not waited for anew at every page.</summary>
    public void Chain() => Add(new PeerMessage.AsksChain(state.Tip.Header.Height), fetcher.ChainSource ?? Leader);

    /// <summary>Sends the questions that are due, and forgets those that are not wanted any more.</summary>
    public void Ask()
    {
        foreach (var (to, question) in fetcher.Want(_questions, state.Now))
        {
            if (question is PeerMessage.AsksChain) state.ForgetCatchUp();
            outbox.Send(to, question);
        }
    }

    // The leader of the view should have what its proposal needs.
    private byte Leader => state.Committee.Leader(state.View);

    // The others are asked in turn after it.
    private void Add(PeerMessage question, byte first) => _questions.Add((question, first));
}
