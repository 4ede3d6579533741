using System.CommandLine;
using SupplyChain.MaintainerTools.Publishing;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Keys;

namespace SupplyChain.MaintainerTools.Commands.TrustRoots;

/// <summary>What the commands about trust roots have in common.</summary>
internal static class TrustRootOptions
{
    // A hundred years: no date comes near the end of the calendar.
    private const int MostDays = 36_500;

    public static Option<string> First() => new("--trust-root") { Description = "The signed first trust root.", Required = true };

    public static Option<string[]> Later() => new("--rotation")
    {
        Description = "The signed rotations after it, oldest first, up to the root in force.",
        HelpName = "FILE",
        AllowMultipleArgumentsPerToken = true,
    };

    public static Option<string[]> Publishers(string name, string description) =>
        new(name) { Description = description, HelpName = "HEX", AllowMultipleArgumentsPerToken = true };

    public static Option<int> ExpiresDays() => new Option<int>("--expires-days")
    {
        Description = "Days until machines warn that the root is old.",
        DefaultValueFactory = _ => 365,
    }.Within(1, MostDays);

    public static Ed25519PublicKey ReadKey(string hex)
    {
        byte[] bytes = new byte[Ed25519PublicKey.Size];
        return StrictHex.TryDecode(hex, bytes) && Ed25519PublicKey.TryRead(bytes, out var key)
            ? key
            : throw CommandFailure.Usage("publisher-malformed", $"'{hex}' is not a publisher's public key.",
                "copy the 64 hexadecimal digits that `share publisher new` printed");
    }

    /// <summary>Reads <c>ROLE=product,product</c>.</summary>
    public static (string Role, IReadOnlyList<string> Products) ReadProducts(string text) => text.Split('=') switch
    {
        [{ Length: > 0 } role, { Length: > 0 } products] => (role, products.Split(',')),
        _ => throw CommandFailure.Usage("products-malformed", $"'{text}' names no role and products.", "write ROLE=product,product"),
    };

    /// <summary>The roots from the first to the last given, each signed as it must be.</summary>
    public static IReadOnlyList<Protocol.Trust.TrustRoot> Load(Invocation invocation, Option<string> first, Option<string[]> later) =>
        EnvelopeFile.LoadTrustRoots(invocation.Get(first), invocation.Find(later) ?? []);
}
