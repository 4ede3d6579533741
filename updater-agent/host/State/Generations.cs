using System.Buffers.Binary;
using System.Numerics;
using SupplyChain.UpdaterAgent.Installation.Disk;

namespace SupplyChain.UpdaterAgent.State;

/// <summary>
/// One value in two checksummed files, <c>u32 CRC-32C ‖ content</c> (docs/protocol.md §13). After every save both hold the
/// same, so damage to one loses nothing; a save that is cut short leaves the first old or new, and the second old.
/// </summary>
/// <param name="first">Path of the copy that is written first and believed first.</param>
/// <param name="second">Path of the other.</param>
/// <param name="limit">Bytes of content at most.</param>
/// <param name="disk">Where they are written.</param>
internal sealed class Generations(string first, string second, int limit, IDisk disk)
{
    private const int ChecksumSize = 4;

    /// <summary>What a load found.</summary>
    internal abstract record Loaded
    {
        private Loaded() { }

        /// <summary>Both files are missing.</summary>
        internal sealed record Nothing : Loaded;

        /// <param name="Content">The bytes that were saved.</param>
        /// <param name="Damage">What is wrong with the other copy, or null.</param>
        internal sealed record Value(byte[] Content, string? Damage) : Loaded;

        /// <summary>Neither copy can be used.</summary>
        internal sealed record Lost(string Damage) : Loaded;
    }

    /// <summary>Reads the first whole copy that <paramref name="isValid"/> accepts.</summary>
    public Loaded Load(Func<byte[], bool> isValid)
    {
        var (one, oneDamage) = Read(first, isValid);
        var (two, twoDamage) = Read(second, isValid);
        if (one is not null) return new Loaded.Value(one, twoDamage);
        if (two is not null) return new Loaded.Value(two, oneDamage);

        return File.Exists(first) || File.Exists(second)
            ? new Loaded.Lost($"{oneDamage}; {twoDamage}")
            : new Loaded.Nothing();
    }

    public void Save(ReadOnlySpan<byte> content)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(content.Length, limit);
        byte[] bytes = new byte[ChecksumSize + content.Length];
        content.CopyTo(bytes.AsSpan(ChecksumSize));
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Checksum(content));
        disk.ReplaceFile(first, bytes);
        disk.ReplaceFile(second, bytes);
    }

    private (byte[]? Content, string? Damage) Read(string path, Func<byte[], bool> isValid)
    {
        var name = Path.GetFileName(path);
        if (!File.Exists(path)) return (null, $"{name} is missing");

        var bytes = ReadCapped(path);
        if (bytes is null || bytes.Length < ChecksumSize) return (null, $"{name} has the wrong length");

        var content = bytes[ChecksumSize..];
        uint checksum = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (checksum != Checksum(content)) return (null, $"{name} does not match its checksum");

        return isValid(content) ? (content, null) : (null, $"{name} is not a trusted state");
    }

    private byte[]? ReadCapped(string path) =>
        new FileInfo(path).Length > limit + ChecksumSize ? null : File.ReadAllBytes(path);

    private static uint Checksum(ReadOnlySpan<byte> content)
    {
        var crc = uint.MaxValue;
        foreach (var octet in content) crc = BitOperations.Crc32C(crc, octet);
        return ~crc;
    }
}
