using System.Security.Cryptography;
using System.Text.Json;
using SupplyChain.MaintainerTools.Terminal;

namespace SupplyChain.MaintainerTools.Demo.Cast;

/// <summary>One machine of a fleet: an agent with a state folder and an install folder of its own.</summary>
internal sealed class Endpoint(string folder, Stage stage)
{
    private string State => Path.Combine(folder, "state");
    private string Install => Path.Combine(folder, "install");

    public Task InitialiseAsync(string trustRoot) => AgentAsync(
        ExitCode.Done, "init", "--trust-root", trustRoot, "--product", Release.Product, "--channel", Release.Channel, "--install", Install);

    /// <summary>Runs one command of the agent, which must end with the given code.</summary>
    /// <returns>The one JSON object it printed.</returns>
    public async Task<JsonElement> AgentAsync(ExitCode expected, string command, params string[] options)
    {
        ChildResult result = await stage.RunAsync(
            ChildProgram.UpdaterAgent, [command, "--state", State, "--json", .. options], expected);
        return result.Json;
    }

    /// <summary>Whether the file that is current on this machine has the payload's very bytes.</summary>
    public async Task<bool> HasAsync(Payload payload)
    {
        string installed = Path.Combine(Install, "current", payload.Name);
        if (!File.Exists(installed)) return false;

        return await HashAsync(installed) == await HashAsync(payload.Path);
    }

    private static async Task<string> HashAsync(string file)
    {
        await using FileStream stream = File.OpenRead(file);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream));
    }
}
