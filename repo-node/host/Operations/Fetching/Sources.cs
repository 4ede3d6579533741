using SupplyChain.Protocol.Artifacts;

namespace SupplyChain.RepoNode.Operations.Fetching;

/// <summary>
/// The nodes that artifacts are fetched from. It remembers, over all artifacts, who was quick and who was not to be relied
/// on: whoever is likely to give the next bytes soonest is asked first; one that failed rests, longer each time; one that
/// gave wrong bytes rests longest. Nobody is given up: those at rest are asked when the others do not have it.
/// </summary>
internal sealed class Sources
{
    // How much of what was known of a source still counts when it has given something.
    private const double Memory = 0.7;

    // What is shorter than this takes as long as a question does, and says nothing of the rate.
    private const int LeastBytes = 64 << 10;

    private static readonly TimeSpan ShortestRest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly Source[] _all;

    public Sources(IEnumerable<Uri> urls, TimeProvider time)
    {
        _time = time;
        _start = time.GetTimestamp();
        _all = [.. urls.Select(url => new Source(url))];
        // So that not every node begins with the same one.
        Random.Shared.Shuffle(_all);
    }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>Asks one source after the other, the best first, until one gives what is right.</summary>
    /// <param name="ask">Asks one.</param>
    /// <param name="isRight">Whether bytes are what they should be.</param>
    /// <param name="lacking">
    /// Those that are not asked, because they said that they do not have it; shared by all requests for one artifact.
    /// </param>
    /// <returns>Null when none gives it.</returns>
    public async Task<byte[]?> GetAsync(Func<Source, Task<Reply>> ask, Func<byte[], bool> isRight, HashSet<Source> lacking)
    {
        var asked = new HashSet<Source>();
        while (Take(asked, lacking) is { } source)
        {
            var began = Now;
            try
            {
                var reply = await ask(source);
                if (Judge(source, reply, isRight, lacking, Now - began) is { } bytes) return bytes;
            }
            finally
            {
                lock (_gate) source.Busy--;
            }
        }

        return null;
    }

    private Source? Take(HashSet<Source> asked, HashSet<Source> lacking)
    {
        lock (_gate)
        {
            var now = Now;
            var best = _all
                .Where(source => !asked.Contains(source) && !lacking.Contains(source))
                .OrderBy(source => source.RestsUntil > now)
                .ThenBy(source => source.SecondsPerByte * (source.Busy + 1))
                .FirstOrDefault();
            if (best is null) return null;

            best.Busy++;
            asked.Add(best);
            return best;
        }
    }

    private byte[]? Judge(Source source, Reply reply, Func<byte[], bool> isRight, HashSet<Source> lacking, TimeSpan took)
    {
        byte[]? given = (reply as Reply.Gives)?.Bytes;
        bool right = given is not null && isRight(given);
        lock (_gate)
        {
            switch (reply)
            {
                case Reply.Gives when right:
                    double pace = took.TotalSeconds / Math.Max(LeastBytes, given!.Length);
                    source.FailuresInARow = 0;
                    source.RestsUntil = TimeSpan.Zero;
                    source.SecondsPerByte = Memory * source.SecondsPerByte + (1 - Memory) * pace;
                    return given;
                case Reply.Gives: source.RestsUntil = Now + LongestRest; break;
                case Reply.Lacks: lacking.Add(source); break;
                case Reply.Fails:
                    // One that stalled was slow, as if the time had gone by with a piece.
                    source.SecondsPerByte = Math.Max(source.SecondsPerByte, took.TotalSeconds / VerityTree.PieceSize);
                    source.RestsUntil = Now + RestAfter(++source.FailuresInARow);
                    break;
            }
        }

        return null;
    }

    private static TimeSpan RestAfter(int failures)
    {
        var rest = ShortestRest;
        for (; failures > 1 && rest < LongestRest; failures--) rest *= 2;
        return rest < LongestRest ? rest : LongestRest;
    }
}
