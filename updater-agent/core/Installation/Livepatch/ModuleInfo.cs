using System.Text;

namespace SupplyChain.UpdaterAgent.Core.Installation.Livepatch;

/// <summary>
/// A module's <c>.modinfo</c>: texts <c>key=value</c>, each ended by a zero byte. The kernel believes the first of two
/// with one key; here a key that is asked for may stand there once only.
/// </summary>
internal readonly ref struct ModuleInfo(ReadOnlySpan<byte> section)
{
    private readonly ReadOnlySpan<byte> _section = section;

    /// <returns>False where the key stands there twice, or its value is not printable ASCII.</returns>
    public bool TryGet(ReadOnlySpan<byte> key, out string? value)
    {
        value = null;
        for (var rest = _section; rest.Length > 0;)
        {
            int end = rest.IndexOf((byte)0);
            var entry = end < 0 ? rest : rest[..end];
            rest = end < 0 ? [] : rest[(end + 1)..];
            if (!entry.StartsWith(key) || entry.Length == key.Length || entry[key.Length] != '=') continue;
            if (value is not null || entry.ContainsAnyExceptInRange((byte)' ', (byte)'~')) return false;

            value = Encoding.ASCII.GetString(entry[(key.Length + 1)..]);
        }

        return true;
    }
}
