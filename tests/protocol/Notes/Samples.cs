using Utf8Encoding = System.Text.Encoding;

namespace SupplyChain.Protocol.Tests.Notes;

/// <summary>
/// One checkpoint, signed by a log and cosigned by a node with the key of seed 00 01 … 1f: made with another Ed25519
/// implementation (pyca/cryptography), so that format and signature are checked against something not ours.
/// </summary>
internal static class Samples
{
    public const string Origin = "updates.example.org/linux";
    public const string NodeName = "node-1.example.org";
    public const ulong Time = 1_700_000_000;

    public const string CheckpointText = "updates.example.org/linux\n2\nSBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I=\n";
    public const string LogVerifierKey = "updates.example.org/linux+87d5b3a6+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
    public const string NodeVerifierKey = "node-1.example.org+8c007f9f+BAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";

    public const string Note = CheckpointText + "\n" +
        "\u2014 updates.example.org/linux h9Wzpgg3n8YzpatqGC/3sIsPKHG8L9HfByAQnb1gLE6OIInW3RO0sk+C4ZH8R6VXadoxJGhieSY0VPi+unf9xEZGNQY=\n" +
        "\u2014 node-1.example.org jAB/nwAAAABlU/EAW/ELYzZfvry4lmaKKLZ+60o2kq5XzF9Fo3Lkr4n1/WY2XyclZKsVacPasem8yaFfZVUa1x6QHziFdLND44HBBA==\n";

    public static byte[] Seed { get; } = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    public static byte[] Utf8(string text) => Utf8Encoding.UTF8.GetBytes(text);
}
