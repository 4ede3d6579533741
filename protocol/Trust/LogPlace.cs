namespace SupplyChain.Protocol.Trust;

/// <summary>Where a statement stands, and whose key it was accepted by: what decides whether it is void (docs/protocol.md §3).</summary>
/// <param name="Index">Of its entry in the log.</param>
/// <param name="Root">Version of the trust root it was accepted under.</param>
public readonly record struct LogPlace(ulong Index, ulong Root);
