using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol;

namespace SupplyChain.RepoNode.Core.Ledger;

/// <summary>Answers that were dear to find, by the digest of the whole question; the newest are kept. Any thread may ask.</summary>
/// <param name="capacity">How many are kept.</param>
internal sealed class NewestAnswers<TAnswer>(int capacity)
{
    private readonly ConcurrentDictionary<Digest, TAnswer> _answers = new();
    private readonly ConcurrentQueue<Digest> _oldestFirst = new();

    public int Count => _answers.Count;

    public bool TryGet(Digest question, [MaybeNullWhen(false)] out TAnswer answer) => _answers.TryGetValue(question, out answer);

    public void Keep(Digest question, TAnswer answer)
    {
        if (!_answers.TryAdd(question, answer)) return;

        _oldestFirst.Enqueue(question);
        if (_oldestFirst.Count > capacity && _oldestFirst.TryDequeue(out var oldest)) _answers.TryRemove(oldest, out _);
    }
}
