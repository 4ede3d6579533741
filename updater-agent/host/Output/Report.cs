using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace SupplyChain.UpdaterAgent.Output;

/// <summary>What one command has to say: one JSON object, or a few lines for people. docs/agent.md lists the fields.</summary>
internal abstract record Report
{
    /// <summary>What the process ends with; no part of the JSON.</summary>
    internal abstract int ExitCode { get; }

    public abstract void Print(IAnsiConsole console);

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, GetType(), ReportJson.Default);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InitReport))]
[JsonSerializable(typeof(CheckReport))]
[JsonSerializable(typeof(InstallReport))]
[JsonSerializable(typeof(RollbackReport))]
[JsonSerializable(typeof(StatusReport))]
[JsonSerializable(typeof(RunReport))]
[JsonSerializable(typeof(ErrorReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
