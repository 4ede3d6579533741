using System.Threading.Channels;
using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Verification;

namespace SupplyChain.MaintainerTools.Publishing;

/// <summary>What one node said about a statement that was handed in.</summary>
internal abstract record NodeWord
{
    private NodeWord()
    {
    }

    /// <summary>It took the statement.</summary>
    public sealed record Taken : NodeWord;

    /// <summary>It refuses the statement, by this name.</summary>
    public sealed record Refused(string Name) : NodeWord;

    /// <summary>What it says that decides nothing, or why it says nothing.</summary>
    public sealed record Said(string What) : NodeWord;

    /// <summary>It proved that the statement is in the log, under a quorum's checkpoint.</summary>
    public sealed record Proved(AttestedRow Row, ulong Index) : NodeWord;
}

/// <summary>
/// Handing one statement to one node: posted until the node takes it, then asked for until it proves that it is
/// certified. Conversations run side by side, so that a node that dawdles holds up only its own.
/// </summary>
internal sealed class Conversation(Network network, NodeClient node, Envelope envelope, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200), Retry = TimeSpan.FromSeconds(1);

    private bool _taken;

    public string Node => node.Name;

    /// <summary>Writes every word; ends with a proof, or when it is stopped.</summary>
    public async Task RunAsync(ChannelWriter<(Conversation From, NodeWord Word)> words, CancellationToken stop)
    {
        try
        {
            for (NodeWord? word = null; word is not NodeWord.Proved;)
            {
                word = await TurnAsync(stop).ConfigureAwait(false);
                words.TryWrite((this, word));
                await Task.Delay(_taken ? Poll : Retry, time, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Nobody listens any more.
        }
    }

    private async Task<NodeWord> TurnAsync(CancellationToken stop)
    {
        try
        {
            return _taken ? await AskAsync(stop).ConfigureAwait(false) : await PostAsync(stop).ConfigureAwait(false);
        }
        catch (Exception e) when (Upload.IsNetwork(e, stop))
        {
            return new NodeWord.Said(Upload.Describe(e));
        }
    }

    private async Task<NodeWord> PostAsync(CancellationToken stop)
    {
        if (await node.SubmitAsync(envelope.ToBytes(), stop).ConfigureAwait(false) is { } refusal) return new NodeWord.Refused(refusal);

        _taken = true;
        return new NodeWord.Taken();
    }

    private async Task<NodeWord> AskAsync(CancellationToken stop)
    {
        var status = await node.StatusAsync(envelope.Id, stop).ConfigureAwait(false);
        if (status.Reason is not null) return new NodeWord.Refused(status.Reason);
        if (status.Status != "certified") return new NodeWord.Said($"says {status.Status}");

        // In is what is proven under a certified checkpoint, not what a node says.
        var (row, failure) = await network.TryRowAsync(node, MapKey.Statement(envelope.Id), stop).ConfigureAwait(false);
        if (row is null) return new NodeWord.Said($"says certified, but {failure}");
        if (row.Value is not { } value || !StatementRow.TryRead(value.Span, out var statement))
            return new NodeWord.Said("says certified, but its newest certified map does not have it");

        var log = new LogReader(node, row.Map.Certified.Checkpoint);
        return await log.IncludesAsync(statement.Index, envelope.ToBytes(), stop).ConfigureAwait(false)
            ? new NodeWord.Proved(row, statement.Index)
            : new NodeWord.Said("says certified, but its tiles do not show the statement in the log");
    }
}
