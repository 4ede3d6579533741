using System.Globalization;
using System.Text.Json;
using SupplyChain.MaintainerTools.Commands;

namespace SupplyChain.MaintainerTools.Tests.Commands;

/// <summary>Runs the program in this process and keeps what it printed.</summary>
internal static class ShareProgram
{
    public static async Task<Run> RunAsync(params string[] arguments)
    {
        using StringWriter output = new(CultureInfo.InvariantCulture), error = new(CultureInfo.InvariantCulture);
        int code = await ShareCommand.RunAsync(arguments, output, error);
        return new Run(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command that asks for a passphrase, and gives it by a descriptor.</summary>
    public static async Task<Run> RunWithPassphraseAsync(string passphraseFile, params string[] arguments)
    {
        using var handle = File.OpenHandle(passphraseFile);
        string descriptor = handle.DangerousGetHandle().ToString(CultureInfo.InvariantCulture);
        return await RunAsync([.. arguments, "--passphrase-fd", descriptor]);
    }

    /// <param name="Code">Exit code.</param>
    /// <param name="Output">Standard output.</param>
    /// <param name="Error">Standard error.</param>
    internal sealed record Run(int Code, string Output, string Error)
    {
        /// <summary>Standard output as exactly one JSON object.</summary>
        public JsonElement Json
        {
            get
            {
                var json = JsonDocument.Parse(Output).RootElement;
                Assert.Equal(JsonValueKind.Object, json.ValueKind);
                return json;
            }
        }

        public string ErrorName => Json.GetProperty("error").GetProperty("name").GetString()!;
    }
}
