using SupplyChain.ThresholdSig.Sharing;
using SupplyChain.ThresholdSig.Signing;

namespace SupplyChain.ThresholdSig.Tests.Signing;

public sealed class PrivateShareTests
{
    private readonly GroupKey _key;
    private readonly PrivateShare _share;

    public PrivateShareTests()
    {
        (_key, PrivateShare[] shares) = Draw.Group(new Random(1), new Threshold(3, 2, 1));
        _share = shares[1];
    }

    [Fact]
    public void A_share_fits_its_group() => Assert.Equal(_key.PublicShare(2), _share.ToPublicShare());

    [Fact]
    public void An_exported_share_signs_as_before()
    {
        var secret = new byte[PrivateShare.SecretSize];
        _share.ExportSecret(secret);
        Assert.True(PrivateShare.TryImport(2, secret, out PrivateShare? again));
        Assert.Equal(_share.Sign([1]), again.Sign([1]));
        Assert.Equal(2, again.Index);
    }

    [Fact]
    public void Secrets_that_are_no_share_are_refused()
    {
        byte[] order = Convert.FromHexString("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001");
        byte[] below = [.. order];
        below[^1] = 0;
        Assert.True(PrivateShare.TryImport(1, below, out _));
        Assert.False(PrivateShare.TryImport(1, order, out _));
        Assert.False(PrivateShare.TryImport(1, new byte[32], out _));
        Assert.False(PrivateShare.TryImport(1, below.AsSpan(1), out _));
        Assert.False(PrivateShare.TryImport(1, [.. below, 0], out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => PrivateShare.TryImport(0, below, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => PrivateShare.TryImport(256, below, out _));
    }

    [Fact]
    public void An_erased_share_does_nothing_more()
    {
        _share.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _share.Sign([1]));
        Assert.Throws<ObjectDisposedException>(() => _share.ExportSecret(new byte[32]));
    }

    [Fact]
    public void A_share_does_not_show_its_secret_as_text() =>
        Assert.Equal(typeof(PrivateShare).FullName, _share.ToString());
}
