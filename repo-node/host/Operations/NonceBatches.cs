using SupplyChain.Protocol;
using SupplyChain.Protocol.Nonces;
using SupplyChain.RepoNode.Core.Attestation;

namespace SupplyChain.RepoNode.Operations;

/// <summary>
/// Answers nonces, all that come within an instant by one signature: what many agents ask costs no more than what one does.
/// </summary>
internal sealed class NonceBatches(NonceSigner signer, NodeState state, TimeProvider time)
{
    /// <summary>How long the first nonce of a batch waits for others.</summary>
    public static readonly TimeSpan Instant = TimeSpan.FromMilliseconds(5);

    private readonly Lock _gate = new();
    private Batch? _open;

    /// <summary>Null while this node has cosigned nothing.</summary>
    public async Task<NonceAnswer?> AnswerAsync(Nonce nonce, CancellationToken stop)
    {
        if (state.Current.Attestable is null) return null;

        var (batch, index) = Join(nonce);
        var answers = await batch.Answers.WaitAsync(stop);
        return answers[index];
    }

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
            var newest = state.Current.Attestable;
            Invariant.Holds(newest is not null, "what was cosigned stays so");
            return signer.Answer(newest, time.GetUtcNow().ToUnixTimeSeconds(), nonces);
        });
    }

    private sealed class Batch
    {
        private readonly TaskCompletionSource<IReadOnlyList<NonceAnswer>> _answers =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<Nonce> Nonces { get; } = [];

        public Task<IReadOnlyList<NonceAnswer>> Answers => _answers.Task;

        // Whoever waits hears of a failure too; the batch belongs to nobody else.
        public void Answer(Func<IReadOnlyList<Nonce>, IReadOnlyList<NonceAnswer>> sign)
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
