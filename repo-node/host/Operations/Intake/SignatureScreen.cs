using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Core.Ledger;

namespace SupplyChain.RepoNode.Operations.Intake;

/// <summary>
/// Checks submissions against the final ledger before they reach the loop. A signature takes two pairings, milliseconds,
/// and strangers may send as many as they like: they wait here for each other and never for the ordering of others. What
/// verifies is remembered by the ledger's <see cref="RoleSignatures"/>, so that the loop does not do it again.
/// </summary>
/// <param name="state">Has the newest final ledger.</param>
/// <param name="atOnce">Checks under way at one time.</param>
internal sealed class SignatureScreen(NodeState state, int atOnce) : IDisposable
{
    private readonly SemaphoreSlim _room = new(atOnce);

    /// <summary>
    /// The rule that refuses the submission whatever else is waiting, or null: then the loop decides.
    /// </summary>
    public async Task<LedgerRefusal?> CheckAsync(Envelope submission, CancellationToken stop)
    {
        await _room.WaitAsync(stop);
        try
        {
            var ledger = state.Current.Tip.Ledger;
            var refusal = await Task.Run(() => ledger.Check(submission), stop);
            return refusal <= LedgerRefusal.Duplicate ? refusal : null;
        }
        finally
        {
            _room.Release();
        }
    }

    public void Dispose() => _room.Dispose();
}
