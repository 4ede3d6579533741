using Xunit.Abstractions;
using Xunit.Sdk;

namespace SupplyChain.Tests.Kit;

/// <summary>For a class whose last test ends what the others look at.</summary>
public sealed class InOrderOfName : ITestCaseOrderer
{
    public IEnumerable<TTestCase> OrderTestCases<TTestCase>(IEnumerable<TTestCase> testCases)
        where TTestCase : ITestCase => testCases.OrderBy(test => test.TestMethod.Method.Name, StringComparer.Ordinal);
}
