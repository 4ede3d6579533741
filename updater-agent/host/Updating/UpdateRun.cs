using System.Diagnostics;
using System.Security.Cryptography;
using SupplyChain.Protocol.Equivocation;
using SupplyChain.Protocol.Nonces;
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
/// <param name="world">Its clocks.</param>
internal sealed class UpdateRun(
    AgentState state, NodeClient nodes, Downloader downloader, Func<VerifiedUpdate, InstallRefusal?> inspect,
    DownloadDisplay display, World world)
{
    private readonly TileProofs _proofs = new(nodes);
    private DownloadResult? _download;
    private InstallRefusal? _refusal;

    public async Task<UpdateResult> Run(UpdateTask task, CancellationToken stop)
    {
        var machine = new UpdateMachine(task);
        for (var effects = machine.Start(world.ReadClocks()); ;)
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

            effects = machine.On(happened ?? throw new UnreachableException(), world.ReadClocks());
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
                return EventOf(proof, came => new UpdateEvent.ConsistencyCame(came.Root, came.Proof));
            case UpdateEffect.AskEveryone ask:
                await Task.Delay(ask.Pause, world.Clock, stop);
                return await Everyone(stop);
            case UpdateEffect.KeepEvidence keep:
                state.Evidence.Keep(keep.Evidence);
                await Accuse(keep.Evidence, stop);
                return null;
            case UpdateEffect.Download download:
                return await Download(download.Update, task.Order, stop);
            default:
                throw new UnreachableException();
        }
    }

    // One nonce for all: a node that hands it on gets an answer that is only good for itself.
    private async Task<UpdateEvent> Everyone(CancellationToken stop)
    {
        var nonce = new Nonce(RandomNumberGenerator.GetBytes(Nonce.Size));
        var convicted = state.Evidence.Convictions().ToDictionary(conviction => conviction.Node);
        var answers = await Task.WhenAll(Enumerable.Range(0, nodes.Count).Select(async node =>
        {
            if (convicted.TryGetValue(node, out var conviction))
                return NodeAnswer.Silence(node, new NodeFault(FaultKind.Convicted, conviction.Contradiction));

            var (attested, checkpoint) = (nodes.Attest(node, nonce, stop), nodes.Checkpoint(node, stop));
            return new NodeAnswer(node, HeardOf(await attested), HeardOf(await checkpoint));
        }));
        return new UpdateEvent.EveryoneAnswered(nonce, answers);
    }

    // Whoever cannot take it now may have it from another agent, or from the folder.
    private async Task Accuse(Evidence evidence, CancellationToken stop) =>
        await Task.WhenAll(Enumerable.Range(0, nodes.Count).Select(node => nodes.Accuse(node, evidence, stop)));

    private static Heard HeardOf(Reply<byte[]> reply) =>
        reply.TryGet(out byte[]? bytes, out var fault) ? new Heard.Bytes(bytes) : new Heard.Silence(fault);

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
