namespace SupplyChain.Fuzz.Tests.Readers;

/// <summary>The register. <see cref="Every_reader_is_registered"/> holds it to the product.</summary>
internal static class AllReaders
{
    public static IReadOnlyList<Reader> All { get; } =
        [.. SignatureReaders.All, .. ProtocolReaders.All, .. LogReaders.All, .. TestimonyReaders.All, .. NodeReaders.All, .. AgentReaders.All,
        .. LivepatchReaders.All, .. ToolReaders.All];

    public static Reader? Find(string name) => All.FirstOrDefault(reader => reader.Name == name);
}
