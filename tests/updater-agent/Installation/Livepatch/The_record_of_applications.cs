using SupplyChain.Protocol;
using SupplyChain.Tests.Kit;
using SupplyChain.UpdaterAgent.Core.Installation.Livepatch;

namespace SupplyChain.UpdaterAgent.Tests.Installation.Livepatch;

public class The_record_of_applications
{
    private const string Boot = "11111111-2222-3333-4444-555555555555";
    private static readonly Digest Payload = Digest.Of("patch"u8);
    private static readonly ApplicationRecord Begun = ApplicationRecord.Empty.Begin(new(Digest.Of("other"u8), "another boot, of 36 bytes as they are", 1, null))
        .Settle(Boot).Begin(new(Payload, Boot, 77, new(4096, 12)));

    [Fact]
    public void Has_one_spelling()
    {
        string text = $$$"""{"intent":{"sha256":"{{{Payload.ToHex()}}}","boot":"{{{Boot}}}","monotonic":77,"since":{"taint":4096,"record":12}},"unsurvived":[{"sha256":"{{{Digest.Of("other"u8).ToHex()}}}","count":1}]}""";
        Assert.Equal(text, System.Text.Encoding.UTF8.GetString(Begun.ToBytes()));
        Assert.True(ApplicationRecord.TryRead(Begun.ToBytes(), out var read));
        Assert.Equal(Begun.ToBytes(), read.ToBytes());
        foreach (string other in new[] { text + "\n", text.Replace("77", "077"), text.Replace("\"count\":1", "\"count\":0"), text.Replace(Boot, Boot[1..]) })
            Assert.False(ApplicationRecord.TryRead(System.Text.Encoding.UTF8.GetBytes(other), out _), other);
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        byte[] bytes = Begun.ToBytes();
        for (int length = 0; length < bytes.Length; length++) Assert.False(ApplicationRecord.TryRead(bytes.AsSpan(0, length), out _));
    }

    [Fact]
    public void Any_bytes_are_read_without_error() => ForAll.Seeds(1000, random =>
    {
        byte[] bytes = Begun.ToBytes();
        bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        if (ApplicationRecord.TryRead(bytes, out var read)) Assert.Equal(bytes, read.ToBytes());
    });

    [Fact]
    public void An_intent_counts_once_and_only_in_another_boot()
    {
        Assert.Same(Begun, Begun.Settle(Boot));
        var settled = Begun.Settle("66666666-2222-3333-4444-555555555555");
        Assert.Equal(1UL, settled.CountOf(Payload));
        Assert.Null(settled.Intent);
        Assert.Same(settled, settled.Settle(Boot));
        Assert.Equal(0UL, settled.Survive(Payload).CountOf(Payload));
    }

    [Fact]
    public void What_another_payload_did_changes_nothing_of_the_intent()
    {
        var other = Digest.Of("other"u8);
        foreach (var record in new[] { Begun.Accept(other), Begun.Withdraw(other), Begun.Survive(other) })
            Assert.Equal(Begun.Intent, record.Intent);
        Assert.Null(Begun.Accept(Payload).Intent!.Since);
        Assert.Null(Begun.Withdraw(Payload).Intent);
    }

    [Fact]
    public void It_stays_small()
    {
        var record = ApplicationRecord.Empty;
        for (int i = 0; i < 3 * LivepatchLimits.MaxCounted; i++)
            record = record.Begin(new(Digest.Of(BitConverter.GetBytes(i)), Boot, 1, null)).Settle("66666666-2222-3333-4444-555555555555");
        Assert.Equal(LivepatchLimits.MaxCounted, record.Unsurvived.Length);
        Assert.True(record.Begin(new(Payload, Boot, Limits.MaxJsonNumber, new(Limits.MaxJsonNumber, Limits.MaxJsonNumber))).ToBytes().Length <= LivepatchLimits.MaxRecordSize);
    }

    [Fact]
    public void What_lies_beside_a_module_has_one_spelling()
    {
        var patch = new StagedPatch("patch_one", "0102", PatchedMachine.Target);
        byte[] bytes = patch.ToBytes();
        Assert.Equal(
            """{"module":"patch_one","buildId":"0102","architecture":"x86_64","kernelRelease":"6.1.0-test","kernelBuildId":"abcd"}""",
            System.Text.Encoding.UTF8.GetString(bytes));
        Assert.True(StagedPatch.TryRead(bytes, out var read));
        Assert.Equal(patch, read);
        for (int length = 0; length < bytes.Length; length++) Assert.False(StagedPatch.TryRead(bytes.AsSpan(0, length), out _));
        Assert.False(StagedPatch.TryRead([.. bytes, (byte)'\n'], out _));
        Assert.False(StagedPatch.TryRead(new StagedPatch("../up", "0102", PatchedMachine.Target).ToBytes(), out _));
    }
}
