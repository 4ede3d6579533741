using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace SupplyChain.UpdaterAgent.Output.Reports;

/// <summary>What one command has to say: one JSON object, or a few lines for people. docs/agent.md lists the fields.</summary>
internal abstract record Report
{
    // The output is no part of a web page: quotation marks may stand as they are.
    private static readonly ReportJson Json = new(new JsonSerializerOptions(ReportJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>What the process ends with; no part of the JSON.</summary>
    internal abstract int ExitCode { get; }

    public abstract void Print(IAnsiConsole console);

    protected static void PrintDamage(IAnsiConsole console, string? damage)
    {
        if (damage is not null) console.MarkupLineInterpolated($"[yellow]Trusted state was damaged, its copy is used:[/] {damage}");
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, GetType(), Json);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InitReport))]
[JsonSerializable(typeof(CheckReport))]
[JsonSerializable(typeof(BootReport))]
[JsonSerializable(typeof(InstallReport))]
[JsonSerializable(typeof(RollbackReport))]
[JsonSerializable(typeof(StatusReport))]
[JsonSerializable(typeof(RunReport))]
[JsonSerializable(typeof(ErrorReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
