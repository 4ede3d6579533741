using System.Diagnostics;
using SupplyChain.ThresholdSig.Bls;
using SupplyChain.ThresholdSig.KeyGeneration;
using SupplyChain.ThresholdSig.Sharing;
using SupplyChain.ThresholdSig.Signing;

namespace SupplyChain.Benchmarks;

/// <summary>The signatures that every node and every agent checks.</summary>
internal static class SignatureFigures
{
    private const int WarmUp = 200;
    private const int Rounds = 300;

    public static IEnumerable<Figure> Measure()
    {
        byte[] message = "an envelope's PAE, as long as a release's usually is"u8.ToArray();
        (GroupKey group, Signature signature) = Sign(message);
        byte[] encoded = signature.ToBytes();

        yield return new Figure("verify one signature, from its bytes", MedianMilliseconds(() =>
        {
            if (!Signature.TryRead(encoded, out Signature? read) || !group.PublicKey.Verify(message, read))
                throw new InvalidOperationException("a valid signature was refused");
        }), 6, "ms");
    }

    private static (GroupKey Group, Signature Signature) Sign(byte[] message)
    {
        byte[] context = "benchmark"u8.ToArray();
        var threshold = new Threshold(members: 1, required: 1, faulty: 0);
        using Dealer dealer = Dealer.FromSeed(1, threshold, Enumerable.Repeat((byte)7, Dealer.SeedSize).ToArray(), context);
        byte[] share = new byte[Dealer.ShareSize];
        dealer.ExportShare(1, share);

        using var ceremony = new Ceremony(threshold, 1, context);
        ceremony.Receive(dealer.Dealing, share);
        var completed = (CeremonyResult.Completed)ceremony.Finish();
        using PrivateShare mine = completed.Share;
        var combined = (Combination.Combined)Combiner.Combine(completed.GroupKey, message, [mine.Sign(message)]);
        return (completed.GroupKey, combined.Signature);
    }

    private static double MedianMilliseconds(Action action)
    {
        for (int i = 0; i < WarmUp; i++) action();
        return Figure.Median(Enumerable.Range(0, Rounds).Select(_ =>
        {
            long begin = Stopwatch.GetTimestamp();
            action();
            return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        }).ToArray());
    }
}
