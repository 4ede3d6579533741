using SupplyChain.Tests.Kit;
using SupplyChain.UpdaterAgent.Core.Installation.Livepatch;

namespace SupplyChain.UpdaterAgent.Tests.Installation.Livepatch;

public class Modules_are_read_strictly
{
    [Fact]
    public void What_a_module_says_is_read()
    {
        Assert.Equal(
            new ModuleFile("patch_one", "x86_64", "01020304", ModuleBytes.Kernel, IsLivepatch: true, HasSignature: false),
            Read(new ModuleBytes()));
        Assert.True(Read(new ModuleBytes { Signed = true }).HasSignature);
        Assert.Equal("aarch64", Read(new ModuleBytes { Machine = 183 }).Architecture);
    }

    [Fact]
    public void What_it_does_not_say_is_not_made_up()
    {
        var module = Read(new ModuleBytes { Info = ["license=GPL", "vermagic=", "xlivepatch=Y"] });
        Assert.Null(module.KernelRelease);
        Assert.False(module.IsLivepatch);
        Assert.False(Read(new ModuleBytes { Info = ["livepatch=N"] }).IsLivepatch);
    }

    [Theory]
    [InlineData("vermagic=a", "vermagic=b")]
    [InlineData("livepatch=N", "livepatch=Y")]
    [InlineData("livepatch=Y\u0001", "license=GPL")]
    public void A_key_that_stands_twice_or_is_no_text_is_refused(string one, string other) =>
        Refused(new ModuleBytes { Info = [one, other] });

    [Theory]
    [InlineData(".modinfo")]
    [InlineData(".gnu.linkonce.this_module")]
    [InlineData(".note.gnu.build-id")]
    public void A_section_that_stands_twice_is_refused(string name) =>
        Refused(new ModuleBytes { More = [(name, new byte[128])] });

    [Theory]
    [InlineData("")]
    [InlineData("../../etc")]
    [InlineData("a b")]
    [InlineData("a_name_that_is_longer_than_the_field_that_the_kernel_has_for_it")]
    public void A_name_that_is_no_modules_is_refused(string name) => Refused(new ModuleBytes { Name = name });

    [Fact]
    public void Other_files_are_refused()
    {
        Refused(new ModuleBytes { BuildId = [] });
        Refused(new ModuleBytes { Machine = 8 });
        Assert.False(ModuleFile.TryRead([], out _, out _));
        Assert.False(ModuleFile.TryRead("#!/bin/sh\n"u8, out _, out _));
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        byte[] bytes = new ModuleBytes().ToArray();
        for (int length = 0; length < bytes.Length; length++)
            Assert.False(ModuleFile.TryRead(bytes.AsSpan(0, length), out _, out _), $"{length} bytes");
    }

    [Fact]
    public void Any_change_is_read_without_error() => ForAll.Seeds(2000, random =>
    {
        byte[] bytes = new ModuleBytes { Signed = random.Next(2) == 0 }.ToArray();
        for (int changes = random.Next(1, 8); changes > 0; changes--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        bool read = ModuleFile.TryRead(bytes, out var module, out string? fault);
        Assert.NotEqual(read, fault is not null);
        Assert.Equal(read, module is not null);
    });

    private static ModuleFile Read(ModuleBytes bytes)
    {
        Assert.True(ModuleFile.TryRead(bytes.ToArray(), out var module, out string? fault), fault);
        return module;
    }

    private static void Refused(ModuleBytes bytes)
    {
        Assert.False(ModuleFile.TryRead(bytes.ToArray(), out _, out string? fault));
        Assert.NotEmpty(fault!);
    }
}
