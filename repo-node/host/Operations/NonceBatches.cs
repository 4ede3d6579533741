using SupplyChain.Protocol;
using SupplyChain.Protocol.Nonces;
using SupplyChain.RepoNode.Core.Attestation;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Operations.Intake;

namespace SupplyChain.RepoNode.Operations;

/// <summary>
/// Answers nonces, all that come within an instant by one signature: what many agents ask costs no more than what one does.
/// </summary>
internal sealed class NonceBatches(NonceSigner signer, NodeState state, HostClocks clocks, TimeProvider time)
{
    /// <summary>How long the first nonce of a batch waits for others.</summary>
    public static readonly TimeSpan Instant = TimeSpan.FromMilliseconds(5);

    private readonly Lock _gate = new();
    private Batch? _open;

    /// <summary>Its clock is ahead of its peers' clocks, so it says no time.</summary>
    public bool IsAhead => state.Current.StandingOf(clocks) == ClockStanding.Ahead;

    /// <summary>Null while this node has cosigned nothing, or its peers do not confirm its clock.</summary>
    public async Task<NonceAnswer?> AnswerAsync(Nonce nonce, CancellationToken stop)
    {
        if (NewestFor(clocks.UnixSeconds) is null) return null;

        var (batch, index) = Join(nonce);
        var answers = await batch.Answers.WaitAsync(stop);
        return answers?[index];
    }

    // What may be signed at a time that the clock said just now; null when nothing may.
    private JournalRecord.CosignedCheckpoint? NewestFor(long now) =>
        state.Current.StandingOf(now, clocks) == ClockStanding.Confirmed ? state.Current.Attestable : null;

    private (Batch Batch, int Index) Join(Nonce nonce)
    {
        lock (_gate)
        {
            if (_open is null)
            {
                _open = new Batch();
                _ = CloseAsync(_open);
            }

            var batch = _open;
            batch.Nonces.Add(nonce);
            if (batch.Nonces.Count == Limits.MaxNoncesPerTree) _open = null;
            return (batch, batch.Nonces.Count - 1);
        }
    }

    private async Task CloseAsync(Batch batch)
    {
        await Task.Delay(Instant, time);
        lock (_gate)
        {
            if (ReferenceEquals(_open, batch)) _open = null;
        }

        batch.Answer(nonces =>
        {
            // The clock may have jumped while the batch waited, and may between two looks.
            long now = clocks.UnixSeconds;
            return NewestFor(now) is { } newest ? signer.Answer(newest, now, nonces) : null;
        });
    }

    private sealed class Batch
    {
        private readonly TaskCompletionSource<IReadOnlyList<NonceAnswer>?> _answers =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<Nonce> Nonces { get; } = [];

        public Task<IReadOnlyList<NonceAnswer>?> Answers => _answers.Task;

        // Whoever waits hears of a failure too; the batch belongs to nobody else.
        public void Answer(Func<IReadOnlyList<Nonce>, IReadOnlyList<NonceAnswer>?> sign)
        {
            try
            {
                _answers.SetResult(sign(Nonces));
            }
            catch (Exception failure)
            {
                _answers.SetException(failure);
            }
        }
    }
}
