using System.Text.Json;
using System.Text.Json.Serialization;
using SupplyChain.Protocol.Statements;
using SupplyChain.UpdaterAgent.Core.Installation.Livepatch;

namespace SupplyChain.UpdaterAgent.State;

/// <summary>What an operator configured: <c>agent.json</c> (docs/protocol.md §13). Written by hand or by <c>init</c>.</summary>
/// <param name="Product">What to install.</param>
/// <param name="Channel">Which of its channels to follow.</param>
/// <param name="Install">The folder of docs/protocol.md §9.</param>
/// <param name="Health">Program and first arguments, run with the slot's path behind them; exit 0 means healthy.</param>
/// <param name="PollSeconds">Between checks of <c>run</c>, <see cref="LongestPollSeconds"/> at most; an hour unless given.</param>
/// <param name="Cohort">Where this machine stands in rollouts: drawn by <c>init</c>.</param>
/// <param name="Kind">The payload kind that this agent installs, <c>tree</c> unless given: no release can choose another.</param>
/// <param name="TransitionSeconds">After these a livepatch's transition has stalled.</param>
internal sealed record AgentConfig(
    string Product,
    string Channel,
    string Install,
    IReadOnlyList<string>? Health = null,
    int? PollSeconds = null,
    uint? Cohort = null,
    string? Kind = null,
    int? TransitionSeconds = null)
{
    public const int SizeLimit = 64 * 1024;

    /// <summary>30 days. A timer of the base library runs for 49, and a wait is up to a fifth longer than this.</summary>
    public const int LongestPollSeconds = 30 * 86_400;

    private const int DefaultPollSeconds = 3600;
    private const int ShortestPollSeconds = 5;
    private const int ShortestTransitionSeconds = 5;

    public const string Tree = "tree", Livepatch = "livepatch";

    /// <summary>The wait between checks.</summary>
    [JsonIgnore]
    public TimeSpan Poll => TimeSpan.FromSeconds(Math.Max(ShortestPollSeconds, PollSeconds ?? DefaultPollSeconds));

    [JsonIgnore]
    public bool IsLivepatch => Kind == Livepatch;

    /// <summary>How long a livepatch's transition may take.</summary>
    [JsonIgnore]
    public TransitionTimes Transition => TransitionSeconds is { } seconds
        ? TransitionTimes.Within(TimeSpan.FromSeconds(Math.Max(ShortestTransitionSeconds, seconds)))
        : TransitionTimes.Default;

    public static bool IsKind(string kind) => kind is Tree or Livepatch;

    public static bool IsPoll(int seconds) => seconds is >= 0 and <= LongestPollSeconds;

    /// <returns>Null, with the reason, when it is not a configuration.</returns>
    public static AgentConfig? Parse(ReadOnlySpan<byte> json, out string? error)
    {
        try
        {
            var config = JsonSerializer.Deserialize(json, AgentConfigJson.Default.AgentConfig);
            error = config is null ? "it is 'null'"
                : config.Kind is { } kind && !IsKind(kind) ? $"'{kind}' is no kind of payload that an agent installs"
                : config.InvalidSetting is { } name ? $"'{name}' cannot have this value"
                : null;
            return error is null ? config : null;
        }
        catch (JsonException exception)
        {
            error = exception.Message;
            return null;
        }
    }

    private string? InvalidSetting =>
        !Names.IsName(Product) ? "product"
        : !Names.IsName(Channel) ? "channel"
        : !Path.IsPathFullyQualified(Install) || Install.Contains('\0') ? "install"
        : Health is not null && (Health is not [{ Length: > 0 }, ..] || Health.Any(part => part is null || part.Contains('\0'))) ? "health"
        : PollSeconds is { } seconds && !IsPoll(seconds) ? "pollSeconds"
        : null;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, AgentConfigJson.Default.AgentConfig);
}

// Unknown and repeated names are refused: no setting must be silently without effect.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    WriteIndented = true)]
[JsonSerializable(typeof(AgentConfig))]
internal sealed partial class AgentConfigJson : JsonSerializerContext;
