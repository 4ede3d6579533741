using SupplyChain.Fuzz.Tests.Inputs;
using SupplyChain.Fuzz.Tests.Readers;
using SupplyChain.Fuzz.Tests.Running;

namespace SupplyChain.Fuzz.Tests;

public sealed class Inputs_that_once_broke_a_reader
{
    [Fact]
    public void Do_not_break_it_again()
    {
        foreach (var (name, input) in Corpus.All())
        {
            var reader = AllReaders.Find(name);
            Assert.True(reader is not null, $"the corpus has a file for '{name}', which is no reader");
            var finding = Judge.Read(reader, input, null, out _);
            Assert.True(finding is null, finding?.ToString());
        }
    }
}
