using SupplyChain.RepoNode.Core.Consensus.Messages;

namespace SupplyChain.RepoNode.Core.Consensus;

/// <summary>The effects of the step at hand, in their order.</summary>
internal sealed class Outbox
{
    private List<Effect> _effects = [];

    public void Add(Effect effect) => _effects.Add(effect);

    public void Persist(JournalRecord record) => Add(new Effect.Persist(record));

    public void Send(byte to, PeerMessage message) => Add(new Effect.Send(to, message));

    public void Send(byte to, IEnumerable<PeerMessage> messages)
    {
        foreach (var message in messages) Send(to, message);
    }

    public void Broadcast(PeerMessage message) => Add(new Effect.Broadcast(message));

    /// <summary>All of them; the next step begins with none.</summary>
    public IReadOnlyList<Effect> Take()
    {
        var effects = _effects;
        _effects = [];
        return effects;
    }
}
