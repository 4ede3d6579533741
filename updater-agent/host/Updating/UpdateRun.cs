using System.Diagnostics;
using SupplyChain.Protocol.Verification;
using SupplyChain.UpdaterAgent.Core;
using SupplyChain.UpdaterAgent.Core.Freshness;
using SupplyChain.UpdaterAgent.Core.Installation;
using SupplyChain.UpdaterAgent.Downloads;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.State;
using SupplyChain.UpdaterAgent.Transport;

namespace SupplyChain.UpdaterAgent.Updating;

/// <summary>What one run came to.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Failures">Questions that were not answered well.</param>
/// <param name="Certified">The checkpoint of the last decision.</param>
/// <param name="Download">The last download, if there was one.</param>
/// <param name="Refusal">Why nothing was downloaded although an update was decided: it could not be installed here.</param>
internal sealed record UpdateResult(
    UpdateOutcome Outcome, IReadOnlyList<NodeFailure> Failures, CertifiedCheckpoint? Certified, DownloadResult? Download,
    InstallRefusal? Refusal);

/// <summary>Carries out the effects of an <see cref="UpdateMachine"/>, one after the other, until it finishes.</summary>
/// <param name="state">Where what is trusted is kept.</param>
/// <param name="nodes">Who is asked.</param>
/// <param name="downloader">Brings payloads.</param>
/// <param name="inspect">Why an update cannot be installed on this machine; asked before it is downloaded.</param>
/// <param name="display">Shows the download.</param>
/// <param name="clock">Tells the nodes' answers' age.</param>
internal sealed class UpdateRun(
    AgentState state, NodeClient nodes, Downloader downloader, Func<VerifiedUpdate, InstallRefusal?> inspect,
    DownloadDisplay display, TimeProvider clock)
{
    private readonly TileProofs _proofs = new(nodes);
    private DownloadResult? _download;
    private InstallRefusal? _refusal;

    public async Task<UpdateResult> Run(UpdateTask task, CancellationToken stop)
    {
        var machine = new UpdateMachine(task);
        for (var effects = machine.Start(); ;)
        {
            UpdateEvent? happened = null;
            foreach (var effect in effects)
            {
                if (effect is UpdateEffect.Finish finish)
                {
                    return new UpdateResult(finish.Outcome, machine.Failures, machine.Certified, _download, _refusal);
                }

                happened = await CarryOut(effect, task, stop) ?? happened;
            }

            effects = machine.On(happened ?? throw new UnreachableException(), clock.GetUtcNow().ToUnixTimeSeconds());
        }
    }

    private async Task<UpdateEvent?> CarryOut(UpdateEffect effect, UpdateTask task, CancellationToken stop)
    {
        switch (effect)
        {
            case UpdateEffect.Persist persist:
                state.Save(persist.State);
                return null;
            case UpdateEffect.KeepRoot keep:
                state.Save(keep.Adopted);
                return null;
            case UpdateEffect.KeepProof keep:
                state.Save(keep.Proof);
                return null;
            case UpdateEffect.AskCheckpoint ask:
                return EventOf(await nodes.Checkpoint(ask.Node, stop), note => new UpdateEvent.CheckpointCame(note));
            case UpdateEffect.AskLatest ask:
                var latest = await nodes.Latest(ask.Node, task.Product, task.Channel, ask.From, stop);
                return EventOf(latest, bundle => new UpdateEvent.LatestCame(bundle));
            case UpdateEffect.AskRoot ask:
                return EventOf(await nodes.Root(ask.Node, ask.Version, stop), file => new UpdateEvent.RootCame(file));
            case UpdateEffect.AskConsistency ask:
                var proof = await _proofs.Consistency(ask.Node, ask.OldSize, ask.NewSize, stop);
                return EventOf(proof, came => new UpdateEvent.ConsistencyCame(came));
            case UpdateEffect.AskEveryone:
                return new UpdateEvent.EveryoneAnswered(await Everyone(stop));
            case UpdateEffect.Download download:
                return await Download(download.Update, task.Order, stop);
            default:
                throw new UnreachableException();
        }
    }

    private async Task<IReadOnlyList<NodeAnswer>> Everyone(CancellationToken stop) =>
        await Task.WhenAll(Enumerable.Range(0, nodes.Count).Select(async node =>
        {
            var reply = await nodes.Checkpoint(node, stop);
            return reply.TryGet(out byte[]? note, out var fault)
                ? (NodeAnswer)new NodeAnswer.Note(node, note)
                : new NodeAnswer.Silence(node, fault);
        }));

    private async Task<UpdateEvent> Download(VerifiedUpdate update, IReadOnlyList<int> order, CancellationToken stop)
    {
        _refusal = inspect(update);
        if (_refusal is not null) return new UpdateEvent.DownloadEnded(IsWhole: false);

        var payload = update.Payload;
        _download = await display.Show(
            payload.Name, (long)payload.Size, progress => downloader.Run(payload, order, progress, stop));
        return new UpdateEvent.DownloadEnded(_download.Outcome == DownloadOutcome.Whole);
    }

    private static UpdateEvent EventOf<T>(Reply<T> reply, Func<T, UpdateEvent> came)
        where T : class =>
        reply.TryGet(out var value, out var fault) ? came(value) : new UpdateEvent.NodeFailed(fault);
}
