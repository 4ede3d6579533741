using System.Diagnostics.CodeAnalysis;
using SupplyChain.UpdaterAgent.Core;

namespace SupplyChain.UpdaterAgent.Transport;

/// <summary>What came of one request: a value, or what the node did instead.</summary>
internal sealed class Reply<T>
    where T : class
{
    private readonly T? _value;
    private readonly NodeFault? _fault;

    private Reply(T? value, NodeFault? fault) => (_value, _fault) = (value, fault);

    public static Reply<T> Of(T value) => new(value, null);

    public static Reply<T> Failed(NodeFault fault) => new(null, fault);

    public bool TryGet([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out NodeFault? fault)
    {
        (value, fault) = (_value, _fault);
        return value is not null;
    }
}
