using System.Text;
using SupplyChain.MaintainerTools.Demo.Cast;
using SupplyChain.MaintainerTools.Terminal;

namespace SupplyChain.MaintainerTools.Demo.Attacks;

/// <summary>
/// Whoever stole the publisher's key hands in what the group did not sign for this network. Every node refuses, so nothing
/// changes.
/// </summary>
/// <param name="folder">The demo's.</param>
/// <param name="cast">Who is on the stage.</param>
/// <param name="stage">Where programs run.</param>
internal sealed class FalseSubmitter(string folder, Ensemble cast, Stage stage)
{
    private const int TooFew = Maintainers.Required - 1;

    public async Task<string> ReplayFromElsewhereAsync()
    {
        string text = await File.ReadAllTextAsync(await cast.Desk.NewReleaseAsync("2.0.0"));
        string staging = Path.Combine(folder, "staging-2.0.0.json");
        await File.WriteAllTextAsync(staging, text.Replace(Release.Origin, "staging.example.org/linux", StringComparison.Ordinal), new UTF8Encoding(false));

        await MustRefuseAsync(await cast.Maintainers.SignAsync(staging), "wrong-origin");
        return "properly signed by three of five, and refused: wrong-origin";
    }

    public async Task<string> SignWithTooFewAsync()
    {
        string request = await cast.Maintainers.ApproveAsync(await cast.Desk.NewReleaseAsync("1.2.0"), TooFew);
        string envelope = Path.Combine(folder, "forged.envelope.json");
        await stage.RunAsync(ChildProgram.Share, ["sign", "combine", "--dir", request, "--out", envelope], ExitCode.Refused);

        // Whoever holds too few approvals can still dress one up as the group's signature, and hand that in.
        await File.WriteAllBytesAsync(envelope, Forgery.Of(request));
        await MustRefuseAsync(envelope, "wrong-signature");
        return "our tool refuses to combine them, and the nodes refuse what another tool might make of them";
    }

    public async Task<string> RotateWithTooFewAsync()
    {
        string rotation = Path.Combine(folder, "rotation.json");
        await stage.ShareAsync(["trust", "rotate", "--trust-root", cast.Network.TrustRoot, "--max-age", "600", "--out", rotation]);
        string envelope = Path.Combine(folder, "forged-rotation.envelope.json");
        await File.WriteAllBytesAsync(envelope, Forgery.Of(await cast.Maintainers.ApproveAsync(rotation, TooFew)));
        await MustRefuseAsync(envelope, "wrong-signature", withPayload: false);
        return "the nodes keep the root they have: wrong-signature";
    }

    private async Task MustRefuseAsync(string envelope, string refusal, bool withPayload = true)
    {
        ChildResult answer = await cast.Desk.SubmitAsync([envelope], ExitCode.Refused, withPayload);
        Stage.Must(answer.Output.Contains(refusal, StringComparison.Ordinal), $"the nodes should say {refusal}: {answer.Said}");
    }
}
