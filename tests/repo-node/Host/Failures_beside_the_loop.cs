using SupplyChain.RepoNode.Commands;
using SupplyChain.RepoNode.Operations.Intake;

namespace SupplyChain.RepoNode.Tests.Host;

/// <summary>What fails beside the loop ends it, and the operator is told what it was.</summary>
public sealed class Failures_beside_the_loop
{
    private const int NoSpaceLeft = 28, QuotaExceeded = 122;

    [Theory]
    [InlineData(NoSpaceLeft, "disk-full")]
    [InlineData(QuotaExceeded, "disk-full")]
    [InlineData(5, "environment")]
    public void Are_told_as_what_the_disk_said(int error, string name)
    {
        var thrown = Assert.Throws<IOException>(new Work.Failed(new IOException("It failed.", error)).Rethrow);

        var told = NodeFailure.Of(thrown);
        Assert.Equal((name, ExitCode.Environment), (told.Name, told.Code));
    }

    [Fact]
    public void Are_no_broken_invariants_unless_they_are()
    {
        var thrown = Assert.Throws<NotSupportedException>(new Work.Failed(new NotSupportedException("It cannot.")).Rethrow);

        Assert.Equal("stopped", NodeFailure.Of(thrown).Name);
    }
}
