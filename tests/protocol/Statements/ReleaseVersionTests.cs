using SupplyChain.Protocol.Statements;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Protocol.Tests.Statements;

public sealed class ReleaseVersionTests
{
    [Theory]
    [InlineData("0.0.0")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4")]
    [InlineData("1.2.3-rc.1")]
    [InlineData("1.2.3-alpha-2")]
    [InlineData("1.2.3-0")]
    [InlineData("1.2.3-0a")]
    public void Normal_versions_are_taken(string text)
    {
        Assert.True(ReleaseVersion.TryParse(text, out var version));
        Assert.Equal(text, version.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.2")]
    [InlineData("01.2.3")]
    [InlineData("1.2.3.0")]
    [InlineData("v1.2.3")]
    [InlineData(" 1.2.3")]
    [InlineData("1.2.3 ")]
    [InlineData("1.2.3\n")]
    [InlineData("1.2.3+build")]
    [InlineData("1.2.3-RC.1")]
    [InlineData("1.2.3-rc.01")]
    [InlineData("1.2.3--5")]
    [InlineData("1.2.3--05")]
    [InlineData("1.2.3--0")]
    [InlineData("1.2.3-a.-1")]
    [InlineData("1.2.3-a.-01")]
    [InlineData("1.2.3-2147483648")]
    [InlineData("1.2.3-")]
    [InlineData("1.2.3-a..b")]
    [InlineData("1.2.3-é")]
    [InlineData("2147483648.0.0")]
    [InlineData("1.2.-3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Every_other_spelling_is_refused(string text) => Assert.False(ReleaseVersion.TryParse(text, out _));

    [Fact]
    public void Versions_are_ordered_as_packages_are()
    {
        string[] rising = ["0.9.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0", "1.0.0.1", "1.0.1", "1.9.0", "1.10.0"];
        var versions = rising.Select(TestNetwork.Version).ToArray();
        for (int i = 0; i < versions.Length; i++)
        {
            for (int j = 0; j < versions.Length; j++)
            {
                Assert.Equal(i.CompareTo(j), Math.Sign(versions[i].CompareTo(versions[j])));
                Assert.Equal(i < j, versions[i] < versions[j]);
                Assert.Equal(i >= j, versions[i] >= versions[j]);
                Assert.Equal(i == j, versions[i] == versions[j]);
            }
        }
    }
}
