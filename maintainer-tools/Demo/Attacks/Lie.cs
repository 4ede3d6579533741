using SupplyChain.MaintainerTools.Demo.Cast;

namespace SupplyChain.MaintainerTools.Demo.Attacks;

/// <param name="Body">What is answered.</param>
/// <param name="IsLie">Whether an honest node would have answered otherwise.</param>
internal readonly record struct Said(byte[] Body, bool IsLie);

/// <summary>What a liar makes of the truth. A path is a request's, with its query; what was asked is its body.</summary>
internal abstract class Lie
{
    protected static long Now => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    /// <summary>The answer when it takes no truth at all; null for the truth, which the other two may spoil.</summary>
    public virtual byte[]? Invent(string path, byte[] asked) => null;

    /// <summary>What an honest node is asked for in place of this.</summary>
    public virtual string AskFor(string path) => path;

    /// <summary>What is said in place of an honest node's answer.</summary>
    public virtual Said Tell(string path, byte[] asked, byte[] truth) => new(truth, IsLie: false);
}

/// <summary>Whoever seized a node signs checkpoints and nonces with its keys as it would, and lies about something else.</summary>
internal abstract class SeizedNode(NodeKeys keys) : Lie
{
    private const string Checkpoint = "/checkpoint", Attest = "/attest";

    public override string AskFor(string path) => path == Attest ? Checkpoint : path;

    public override Said Tell(string path, byte[] asked, byte[] truth) => path switch
    {
        Checkpoint => new Said(keys.SignCheckpoint(truth, (ulong)Now), IsLie: false),
        Attest => AnswerNonce(keys, truth, asked),
        _ => base.Tell(path, asked, truth),
    };

    protected virtual Said AnswerNonce(NodeKeys keys, byte[] note, byte[] nonce) =>
        new(keys.SignNonce(note, nonce, Now), IsLie: false);
}

/// <summary>Flips one bit of every piece: enough for a kernel to do something else.</summary>
internal sealed class AlteredBytes(NodeKeys keys) : SeizedNode(keys)
{
    public override Said Tell(string path, byte[] asked, byte[] truth)
    {
        bool isPiece = path.StartsWith("/artifact/", StringComparison.Ordinal) && !path.EndsWith("/tree", StringComparison.Ordinal);
        if (!isPiece || truth.Length == 0) return base.Tell(path, asked, truth);

        truth[truth.Length / 2] ^= 1;
        return new Said(truth, IsLie: true);
    }
}

/// <summary>
/// Hides a release: answers with the proof that a channel is empty which is, in place of the one that was asked for.
/// </summary>
internal sealed class HiddenRelease(NodeKeys keys) : SeizedNode(keys)
{
    private const string Asked = $"/latest/{Release.Product}/{Release.Channel}", Empty = $"/latest/{Release.Product}/nothing-here";

    public override string AskFor(string path) => IsAbout(path) ? Empty + path[Asked.Length..] : base.AskFor(path);

    public override Said Tell(string path, byte[] asked, byte[] truth) =>
        IsAbout(path) ? new Said(truth, IsLie: true) : base.Tell(path, asked, truth);

    private static bool IsAbout(string path) => path.StartsWith(Asked, StringComparison.Ordinal);
}

/// <summary>Tells one history in checkpoints and another to nonces.</summary>
internal sealed class SecondHistory(NodeKeys keys) : SeizedNode(keys)
{
    protected override Said AnswerNonce(NodeKeys keys, byte[] note, byte[] nonce) =>
        new(keys.SignNonce(NodeKeys.WithOtherRoot(note), nonce, Now), IsLie: true);
}

/// <summary>Shows one checkpoint for ever, whatever happened since.</summary>
/// <param name="note">What to show now.</param>
/// <param name="keys">Answers nonces with it; null for a wire, which cannot.</param>
internal sealed class OldCheckpoint(Func<byte[]> note, NodeKeys? keys = null) : Lie
{
    public override byte[]? Invent(string path, byte[] asked) => path switch
    {
        "/checkpoint" => note(),
        "/attest" => keys?.SignNonce(note(), asked, Now),
        _ => null,
    };
}
