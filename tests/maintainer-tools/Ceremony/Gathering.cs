using SupplyChain.MaintainerTools.Ceremony;
using SupplyChain.MaintainerTools.Shares;
using SupplyChain.Protocol.Keys;
using SupplyChain.Tests.Kit;
using SupplyChain.ThresholdSig.KeyGeneration;

namespace SupplyChain.MaintainerTools.Tests.Ceremony;

/// <summary>
/// A ceremony in memory: alice, bob and carol, 2 of 3, and a folder that may show each reader something else. Where somebody
/// lies, it is carol.
/// </summary>
internal sealed class Gathering : IDisposable
{
    public const string Alice = "alice", Bob = "bob", Carol = "carol";

    private static readonly string[] Names = [Alice, Bob, Carol];

    private readonly Dictionary<string, CeremonyMember> _members = [];
    private readonly Dictionary<string, CeremonyAction> _ends = [];

    public Gathering()
    {
        Identities = Names.ToDictionary(name => name, name => Ed25519PrivateKey.FromSeed(TestNetwork.Seed($"identity {name}")));
        Proposal = Proposal.Create("acme", 2, 1,
            [.. Names.Select(name => new PublicIdentity(name, Identities[name].PublicKey))], DateTimeOffset.UnixEpoch);
        foreach (string name in Names) _members.Add(name, Member(name));
    }

    public Dictionary<string, Ed25519PrivateKey> Identities { get; }

    public Proposal Proposal { get; }

    public Dictionary<(CeremonyStep Step, string Sender), byte[]> Folder { get; } = [];

    /// <summary>What lands in the folder instead of a message; null is the message itself.</summary>
    public Func<CeremonyStep, string, byte[]?> Publish { get; set; } = (_, _) => null;

    /// <summary>What a reader sees instead of a message in the folder; null is the message itself.</summary>
    public Func<string, CeremonyStep, string, byte[]?> Show { get; set; } = (_, _, _) => null;

    /// <summary>Shares that were kept, in the order of members.</summary>
    public SortedDictionary<string, CeremonyAction.KeepShare> Kept { get; } = new(StringComparer.Ordinal);

    public CeremonyMember Member(string name, string seed = "round")
    {
        using var secret = new SecretBuffer(TestNetwork.Seed($"{seed} {name}"));
        return new CeremonyMember(Proposal, Proposal.IndexOf(name), Identities[name], secret);
    }

    /// <summary>Everybody acts in turn until nobody can do more; how it ended for each.</summary>
    public IReadOnlyDictionary<string, CeremonyAction> Run()
    {
        for (bool moved = true; moved;)
        {
            moved = false;
            foreach (string name in Names.Where(name => !_ends.ContainsKey(name))) moved |= Act(name);
        }

        return _ends;
    }

    public CeremonyAbort AbortOf(string name) => Assert.IsType<CeremonyAction.Stop>(Run()[name]).Abort;

    /// <summary>A message of carol that she never should have sent, properly signed.</summary>
    public byte[] SignedByCarol(CeremonyStep step, byte[] payload) =>
        SignedMessage.Sign(step, Proposal.Id, payload, Identities[Carol]);

    /// <summary>Carol's dealing from another seed: with a proof for some context, and the share of one receiver changed.</summary>
    public byte[] CarolsDeal(string seed = "other", byte[]? context = null, string? cheated = null)
    {
        int self = Proposal.IndexOf(Carol);
        using var dealer = Dealer.FromSeed(self, Proposal.Threshold, TestNetwork.Seed(seed), context ?? Proposal.Id.ToArray());
        using var sending = EncryptionKey.FromSeed(TestNetwork.Seed(seed), "test"u8);
        var shares = Names.Select(receiver =>
        {
            byte[] share = new byte[Dealer.ShareSize];
            dealer.ExportShare(Proposal.IndexOf(receiver), share);
            if (receiver == cheated) share[^1] ^= 1;
            SignedMessage.Check(Proposal, CeremonyStep.Join, receiver, Folder[(CeremonyStep.Join, receiver)], out var join);
            Assert.True(JoinPayload.TryRead(join!.Payload.Span, out var payload));
            var sealing = new SealedShare.Context(Proposal.Id, self, Proposal.IndexOf(receiver));
            return SealedShare.Seal(sealing, sending, payload.Key, share);
        });
        byte[] deal = new DealPayload(dealer.Dealing, sending.PublicKey, [.. shares]).ToBytes(Proposal.Id, Proposal.Member(self));
        return SignedByCarol(CeremonyStep.Deal, deal);
    }

    public void Dispose()
    {
        foreach (var member in _members.Values) member.Dispose();
        foreach (var identity in Identities.Values) identity.Dispose();
    }

    private bool Act(string name)
    {
        var member = _members[name];
        foreach (var step in Enum.GetValues<CeremonyStep>())
        {
            if (step > member.Open) break;
            foreach (var ((_, sender), file) in Folder.Where(message => message.Key.Step == step).ToList())
                member.Receive(step, sender, Show(name, step, sender) ?? file);
        }

        switch (member.Next())
        {
            case CeremonyAction.Publish publish:
                return Folder.TryAdd((publish.Step, name), Publish(publish.Step, name) ?? publish.File);
            case CeremonyAction.KeepShare keep:
                Kept[name] = keep;
                member.ShareKept();
                return true;
            case CeremonyAction.Wait:
                return false;
            case var end:
                _ends.Add(name, end);
                return true;
        }
    }
}
