using SupplyChain.Fuzz.Tests.Inputs;
using SupplyChain.Fuzz.Tests.Readers;
using SupplyChain.Fuzz.Tests.Running;

namespace SupplyChain.Fuzz.Tests;

/// <summary>A fuzzer that finds nothing proves nothing until it is seen to find what was put there.</summary>
public sealed class The_fuzzer_itself
{
    private static readonly byte[] Sample = "{\"count\":12,\"name\":\"abc\"}"u8.ToArray();
    private static readonly Budget Enough = new(Rounds: 5_000, Time: null);

    [Fact]
    public void Sees_an_exception() => AssertFinds(Fault.Exception, _ => throw new FormatException("planted"));

    [Fact]
    public void Sees_a_second_spelling() =>
        AssertFinds(Fault.SecondSpelling, input => Answer.Accept([.. input.Where(octet => octet != (byte)' ')]));

    [Fact]
    public void Sees_memory_that_the_input_does_not_warrant() => AssertFinds(Fault.Allocation, input =>
    {
        if (input.Contains((byte)0xff)) GC.KeepAlive(new byte[64 << 20]);
        return Answer.Accept();
    });

    [Fact]
    public void Sees_a_reader_that_does_not_come_back()
    {
        using var never = new ManualResetEventSlim();
        var reader = ReaderOf(input =>
        {
            if (input.Contains((byte)0xff)) never.Wait(TimeSpan.FromSeconds(30));
            return Answer.Accept();
        });
        var tally = new Campaign(reader) { Patience = TimeSpan.FromSeconds(1) }.Run(Enough, firstSeed: 1);
        never.Set();

        Assert.Equal(Fault.Hang, tally.Finding?.Fault);
        Assert.Contains((byte)0xff, tally.Finding!.Input);
    }

    [Fact]
    public void Sees_a_slow_reader() => AssertFinds(Fault.Slow, input =>
    {
        if (input.Length > 100) Thread.Sleep(150);
        return Answer.Accept();
    }, limit: TimeSpan.FromMilliseconds(100));

    [Fact]
    public void Takes_no_sample_that_its_reader_refuses() =>
        Assert.Equal(Fault.SampleRefused, new Campaign(ReaderOf(_ => Answer.Refused)).Run(Enough, 1).Finding?.Fault);

    [Fact]
    public void Makes_the_same_input_of_the_same_seed_and_others_of_others()
    {
        byte[][] inputs = [.. Enumerable.Range(0, 200).Select(seed => Mutation.Of([Sample], seed))];
        Assert.Equal(inputs, Enumerable.Range(0, 200).Select(seed => Mutation.Of([Sample], seed)));
        Assert.True(inputs.DistinctBy(Convert.ToBase64String).Count() > 150);
        Assert.All(inputs, input => Assert.True(input.Length <= Mutation.MaxInput));
    }

    [Fact]
    public void Names_the_seed_that_makes_the_input_again_and_cuts_it_down()
    {
        var reader = ReaderOf(input => input.Contains((byte)'[') ? throw new FormatException("bracket") : Answer.Accept());
        var finding = new Campaign(reader).Run(Enough, 1).Finding!;

        Assert.Equal(finding.Input, Mutation.Of(reader.Samples, finding.Seed!.Value));
        Assert.Equal("["u8.ToArray(), Shrinking.Shrink(finding).Input);
    }

    // The sample itself is read without harm.
    private static void AssertFinds(Fault fault, Func<byte[], Answer> read, TimeSpan? limit = null)
    {
        var reader = ReaderOf(input => input.AsSpan().SequenceEqual(Sample) ? Answer.Accept() : read(input), limit);
        Assert.Equal(fault, new Campaign(reader).Run(Enough, firstSeed: 1).Finding?.Fault);
    }

    private static Reader ReaderOf(Func<byte[], Answer> read, TimeSpan? limit = null) => new("planted", read, () => [Sample])
    {
        Covers = [],
        TimeLimit = limit ?? TimeSpan.FromSeconds(30),
    };
}
