namespace SupplyChain.Fuzz.Tests.Readers;

/// <summary>Methods that look like readers and are not fuzzed, each with its reason.</summary>
internal static class Excused
{
    private const string CommandLine = "an option of whoever runs the program; the command line's own tests give it bad ones";
    private const string OneOfOurs = "moves bytes on, and takes no meaning from them";

    public static IReadOnlyDictionary<string, string> Readers { get; } = new Dictionary<string, string>
    {
        ["ThresholdSig.Curve.PointEncoding.TryRead"] = "read only by G1.TryRead and G2.TryRead, which are registered",
        ["ThresholdSig.Field.Limb.Read"] = OneOfOurs,
        ["RepoNode.Peers.PeerHello.ReadAsync"] = "PeerFrame.ReadAsync and then PeerHello.TryRead, which are registered",
        ["UpdaterAgent.Installation.Archives.ReadOnlyStream.Read"] = OneOfOurs,
        ["UpdaterAgent.State.BoundedFile.Read"] = OneOfOurs,
        ["UpdaterAgent.State.KnownRoot.TryRead"] = "TrustRoot.TryReadEnvelope, which is registered, once for each envelope",
        ["MaintainerTools.Shares.DurableFile.Read"] = OneOfOurs,
        ["MaintainerTools.Commands.TrustRoots.TrustRootOptions.ReadKey"] = CommandLine,
        ["MaintainerTools.Commands.TrustRoots.TrustRootOptions.ReadProducts"] = CommandLine,
        ["MaintainerTools.Signing.SigningRequest.ReadStatement"] = "Statement.TryRead, which is registered, with words for a refusal",
        ["MaintainerTools.Drafting.CompromiseMark.Parse"] = CommandLine,
        ["MaintainerTools.Drafting.TrustRootDraft.RoleDraft.Parse"] = CommandLine,
        ["MaintainerTools.Commands.StatementOptions.ReadDigest"] = CommandLine,
        ["MaintainerTools.Commands.StatementOptions.ReadVersion"] = CommandLine,
        ["MaintainerTools.Commands.StatementOptions.ReadWord"] = CommandLine,
    };
}
