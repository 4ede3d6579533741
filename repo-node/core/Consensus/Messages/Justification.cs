using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.RepoNode.Core.Consensus.Messages;

/// <summary>
/// Why a proposal may build on its parent: the parent's certificate, and a nullification of every view between.
/// <c>u8 has ‖ certificate ‖ u16 count ‖ nullifications</c>, views strictly rising (docs/protocol.md §11). After a very
/// long outage only the newest are carried; voters ask for the others.
/// </summary>
/// <remarks>
/// The leader's signature does not cover it: a relay could have changed it. So it can only help: what it lacks or
/// forges makes a voter wait, never nullify.
/// </remarks>
public sealed record Justification(Certificate? Parent, ImmutableArray<Certificate> Nullifications)
{
    /// <summary>The certificates in the order in which they are to be learned.</summary>
    public IEnumerable<Certificate> Certificates() => Parent is null ? Nullifications : Nullifications.Prepend(Parent);

    internal static bool TryRead(
        ref ByteReader reader, Header header, [NotNullWhen(true)] out Justification? justification)
    {
        justification = null;
        if (!TryReadParent(ref reader, header, out var parent)) return false;
        if (!reader.TryU16(out ushort count) || count > Bounds.MaxJustification) return false;

        var nullifications = ImmutableArray.CreateBuilder<Certificate>();
        var last = header.ParentView;
        for (int i = 0; i < count; i++)
        {
            if (!Certificate.TryRead(ref reader, out var certificate)) return false;
            if (certificate.Kind != VoteKind.Nullify || certificate.View <= last) return false;

            nullifications.Add(certificate);
            last = certificate.View;
        }

        if (count > 0 && last >= header.View) return false;

        justification = new Justification(parent, nullifications.ToImmutable());
        return true;
    }

    internal void WriteTo(ByteWriter writer)
    {
        writer.U8(Parent is null ? (byte)0 : (byte)1);
        Parent?.WriteTo(writer);
        writer.U16((ushort)Nullifications.Length);
        foreach (var nullification in Nullifications) nullification.WriteTo(writer);
    }

    /// <summary>Only the genesis needs no certificate.</summary>
    private static bool TryReadParent(ref ByteReader reader, Header header, out Certificate? parent)
    {
        parent = null;
        if (!reader.TryU8(out byte has) || has > 1) return false;
        if ((has == 0) != (header.ParentView == View.Genesis)) return false;
        if (has == 0) return true;

        return Certificate.TryRead(ref reader, out parent)
            && parent.Kind != VoteKind.Nullify
            && parent.View == header.ParentView
            && parent.Block == header.ParentHash;
    }
}
