namespace SupplyChain.Tidy.Tests;

/// <summary>docs/architecture.md, "Parts and directions".</summary>
public class Project_references_point_the_agreed_way
{
    private const string ThresholdSig = "threshold-sig/SupplyChain.ThresholdSig.csproj";
    private const string Protocol = "protocol/SupplyChain.Protocol.csproj";
    private const string NodeCore = "repo-node/core/SupplyChain.RepoNode.Core.csproj";
    private const string NodeHost = "repo-node/host/SupplyChain.RepoNode.csproj";
    private const string AgentCore = "updater-agent/core/SupplyChain.UpdaterAgent.Core.csproj";
    private const string AgentHost = "updater-agent/host/SupplyChain.UpdaterAgent.csproj";
    private const string Tools = "maintainer-tools/SupplyChain.MaintainerTools.csproj";

    private static readonly Dictionary<string, string[]> Permitted = new()
    {
        [ThresholdSig] = [],
        [Protocol] = [ThresholdSig],
        [NodeCore] = [Protocol, ThresholdSig],
        [NodeHost] = [NodeCore, Protocol, ThresholdSig],
        [AgentCore] = [Protocol, ThresholdSig],
        [AgentHost] = [AgentCore, Protocol, ThresholdSig],
        [Tools] = [Protocol, ThresholdSig],
    };

    private static readonly string[] ProductProjects =
        [.. Repository.Files("*.csproj").Where(path => !path.StartsWith("tests/", StringComparison.Ordinal))];

    [Fact]
    public void Every_product_project_has_its_place() => Assert.Equal(Permitted.Keys.Order(), ProductProjects.Order());

    [Fact]
    public void A_product_project_references_only_what_it_may_know()
    {
        foreach (string project in ProductProjects)
            Assert.All(Repository.ReferencesOf(project).Where(reference => !reference.BuildOnly),
                reference => Assert.Contains(reference.Project, Permitted[project]));
    }

    [Fact]
    public void Only_the_maintainer_tools_build_the_two_programs_that_the_demo_starts()
    {
        foreach (string project in ProductProjects)
        {
            IEnumerable<string> buildOnly = Repository.ReferencesOf(project).Where(r => r.BuildOnly).Select(r => r.Project);
            Assert.Equal(project == Tools ? [NodeHost, AgentHost] : [], buildOnly);
        }
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = Repository.Read("SupplyChain.sln").Replace('\\', '/');
        Assert.All(Repository.Files("*.csproj"), project => Assert.Contains($"\"{project}\"", solution, StringComparison.Ordinal));
    }
}
