using System.Globalization;
using System.Threading.Channels;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.MaintainerTools.Publishing;

/// <summary>
/// Brings a signed statement into the network: hands it to every node, and ends when one of them has proved that a
/// quorum attests it, f+1 of them refuse it, or the time is over, whatever the others do.
/// </summary>
internal sealed class Submission(Network network, TimeProvider time)
{
    private int Faulty => network.Root.Quorum.Faulty;

    /// <summary>Hands one statement in and waits until it is certified.</summary>
    /// <exception cref="CommandFailure">The ledger refused it, or no quorum attested it before <paramref name="deadline"/>.</exception>
    public async Task<Certified> RunAsync(
        Envelope envelope, DateTimeOffset deadline, Action<string> status, CancellationToken cancellation)
    {
        long started = time.GetTimestamp();
        using var late = new CancellationTokenSource(Clamp(deadline - time.GetUtcNow()), time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        var words = Channel.CreateUnbounded<(Conversation From, NodeWord Word)>(new UnboundedChannelOptions { SingleReader = true });
        var conversations = network.Nodes.Select(node => new Conversation(network, node, envelope, time)).ToList();
        var running = conversations.Select(one => one.RunAsync(words.Writer, stop.Token)).ToList();
        var poll = new Poll(conversations, envelope.Id);
        try
        {
            await foreach (var (from, word) in words.Reader.ReadAllAsync(stop.Token).ConfigureAwait(false))
            {
                if (word is NodeWord.Proved proved) return Describe(envelope, proved, time.GetElapsedTime(started));

                poll.Hear(from, word);
                ThrowIfRefused(poll);
                status(Progress(poll));
            }

            throw new InvalidOperationException("Conversations end by a proof.");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw NotInTime(poll);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            // What is known now stands, whatever becomes of the others.
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // A timer holds no more than 49 days.
    private static TimeSpan Clamp(TimeSpan patience) =>
        patience < TimeSpan.Zero ? TimeSpan.Zero : patience > TimeSpan.FromDays(30) ? TimeSpan.FromDays(30) : patience;

    // One of f+1 is honest and hands it on.
    private bool IsHandedIn(Poll poll) => poll.Taken > Faulty;

    private string Progress(Poll poll) => IsHandedIn(poll)
        ? $"statement {poll.Id.ToHex()[..12]}… is handed in; waiting for {network.Root.Quorum.Required} attestations"
        : $"too few nodes take the statement yet: {poll}";

    private CommandFailure NotInTime(Poll poll) => IsHandedIn(poll)
        ? CommandFailure.NoQuorum("not-certified", $"Statement {poll.Id.ToHex()} is not certified in time; last seen: {poll}.",
            "it may still be: run the same command again, perhaps with a longer --timeout")
        : CommandFailure.NoQuorum("not-taken", $"Too few nodes took statement {poll.Id.ToHex()}: {poll}.",
            "check that the nodes run and can be reached from here, then run it again");

    // f+1 nodes that say so include an honest one; fewer could be lying. Once f+1 have taken it, only what they say of it later counts.
    private void ThrowIfRefused(Poll poll)
    {
        var refusal = poll.Refusals(IsHandedIn(poll)).Where(name => LedgerRefusal.HintFor(name) is not null)
            .CountBy(name => name).FirstOrDefault(same => same.Value > Faulty);
        if (refusal.Key is null) return;

        throw CommandFailure.Refused(refusal.Key,
            string.Create(CultureInfo.InvariantCulture, $"{refusal.Value} nodes refuse statement {poll.Id.ToHex()}: {refusal.Key}."),
            LedgerRefusal.HintFor(refusal.Key)!);
    }

    private Certified Describe(Envelope envelope, NodeWord.Proved proved, TimeSpan took)
    {
        var certified = proved.Row.Map.Certified;
        return new Certified(envelope.Id, proved.Index, certified.Checkpoint.Size.Value,
            [.. certified.Attestations.Select(attestation => network.Root.Nodes[attestation.Node].Name)], took);
    }

    /// <param name="Id">Of the statement.</param>
    /// <param name="Index">Of its entry.</param>
    /// <param name="Size">Of the certified tree in which it was found.</param>
    /// <param name="AttestedBy">Nodes whose attestations counted.</param>
    /// <param name="Took">From handing in to having checked.</param>
    internal sealed record Certified(Digest Id, ulong Index, ulong Size, IReadOnlyList<string> AttestedBy, TimeSpan Took);

    /// <summary>Every node's last word.</summary>
    private sealed class Poll(IReadOnlyList<Conversation> conversations, Digest id)
    {
        private readonly Dictionary<Conversation, (NodeWord Word, int Times)> _last = [];
        private readonly HashSet<Conversation> _taken = [];

        public Digest Id => id;

        /// <summary>How many nodes have taken the statement.</summary>
        public int Taken => _taken.Count;

        /// <summary>
        /// What nodes refuse it by, of all or of those that took it. Each has said so twice: one that is a moment behind the others refuses
        /// what it will take.
        /// </summary>
        public IEnumerable<string> Refusals(bool byTakers) =>
            from said in _last
            where said.Value.Times > 1 && (!byTakers || _taken.Contains(said.Key))
            select (said.Value.Word as NodeWord.Refused)?.Name into name
            where name is not null
            select name;

        public void Hear(Conversation from, NodeWord word)
        {
            _last[from] = (word, _last.TryGetValue(from, out var before) && before.Word == word ? before.Times + 1 : 1);
            if (word is NodeWord.Taken) _taken.Add(from);
        }

        public override string ToString() => string.Join("; ", conversations.Select(one => $"{one.Node} {Told(one)}"));

        private string Told(Conversation one) => _last.GetValueOrDefault(one).Word switch
        {
            null => "has not answered",
            NodeWord.Taken => "took it",
            NodeWord.Refused refused => $"refuses: {refused.Name}",
            NodeWord.Said said => said.What,
            NodeWord.Proved => "proved it",
            var other => throw new ArgumentOutOfRangeException(other.GetType().Name),
        };
    }
}
