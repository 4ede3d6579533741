namespace SupplyChain.Fuzz.Tests.Running;

/// <summary>Cuts away what a finding does not need, so that what is kept in the corpus can be read.</summary>
internal static class Shrinking
{
    private const int MostTries = 3_000;

    public static Finding Shrink(Finding finding)
    {
        // What takes long or much does so at every try.
        if (finding.Fault is not (Fault.Exception or Fault.SecondSpelling)) return finding;

        int tries = 0;
        for (int size = finding.Input.Length / 2; size > 0 && tries < MostTries; size /= 2)
        {
            for (int at = 0; at + size <= finding.Input.Length && tries < MostTries; tries++)
            {
                byte[] shorter = [.. finding.Input.AsSpan(..at), .. finding.Input.AsSpan((at + size)..)];
                if (Judge.Read(finding.Reader, shorter, null, out _) is { } same && same.Fault == finding.Fault)
                    finding = same with { Seed = finding.Seed };
                else
                    at += size;
            }
        }

        return finding;
    }
}
