using SupplyChain.MaintainerTools.Ceremony;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;

namespace SupplyChain.MaintainerTools.Drafting;

/// <summary>Puts the first trust root of a network together, in the order its format wants (docs/protocol.md §6).</summary>
/// <param name="Origin">The network's name.</param>
/// <param name="Nodes">3f+1, in any order.</param>
/// <param name="Roles">Name, group and products; one is <c>root</c>.</param>
/// <param name="Publishers">Who may upload.</param>
/// <param name="Freshness">How old an attestation may be.</param>
/// <param name="Validity">Until the warning.</param>
internal sealed record TrustRootDraft(
    string Origin,
    IReadOnlyList<NodeIdentity> Nodes,
    IReadOnlyList<TrustRootDraft.RoleDraft> Roles,
    IReadOnlyList<Ed25519PublicKey> Publishers,
    Freshness Freshness,
    TimeSpan Validity)
{
    /// <exception cref="CommandFailure">The parts break a rule of docs/protocol.md §6.</exception>
    public Rotation ToRotation(DateTimeOffset now)
    {
        if (!Quorum.TryCreate(Nodes.Count, out _))
        {
            throw CommandFailure.Usage("nodes-not-3f-plus-1", $"A network cannot have {Nodes.Count} nodes.",
                "give 4, 7, 10, … node.json files: n = 3f+1");
        }

        var root = new TrustRoot
        {
            Version = 1,
            Origin = Origin,
            Created = now.ToUnixTimeSeconds(),
            Expires = (now + Validity).ToUnixTimeSeconds(),
            Nodes = [.. Nodes.OrderBy(node => node.Name, StringComparer.Ordinal)],
            Roles = [.. Roles.OrderBy(role => role.Name, StringComparer.Ordinal).Select(role => role.ToRole())],
            Publishers = [.. Publishers.OrderBy(key => key.ToHex(), StringComparer.Ordinal)],
            Freshness = Freshness,
        };
        return root.InvalidField is { } field
            ? throw CommandFailure.Usage("trust-root-invalid", $"The trust root's '{field}' breaks a rule.", HintFor(field))
            : root.ToRotation();
    }

    internal static string HintFor(string field) => field switch
    {
        "nodes" => "names, keys, pins, URLs and peers of all nodes must differ, and URLs be http://host:port",
        "roles" => "one role must be 'root'; names, keys and products must differ, and a product belong to one role only",
        "publishers" => "every publisher's key must differ, from those of nodes too",
        "freshness" => "choose 0 ≤ skew ≤ max-age and 0 < attest-every ≤ max-age",
        _ => "see docs/protocol.md, section 6",
    };

    /// <param name="Name">Of the role.</param>
    /// <param name="Group">Whose key it is.</param>
    /// <param name="Products">In any order; none for <c>root</c>.</param>
    internal sealed record RoleDraft(string Name, GroupFile Group, IReadOnlyList<string> Products)
    {
        /// <summary>Reads <c>NAME=group.json[:product,product…]</c>.</summary>
        /// <exception cref="CommandFailure">It is spelled differently, or the file is no group.</exception>
        public static RoleDraft Parse(string text)
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
            {
                throw CommandFailure.Usage("role-malformed", $"'{text}' is not a role.",
                    "write NAME=group.json:product,product, such as acme=acme/group.json:acme or root=root/group.json");
            }

            string file = text[(equals + 1)..];
            int colon = file.LastIndexOf(':');
            string[] products = colon < 0 ? [] : file[(colon + 1)..].Split(',');
            return new RoleDraft(text[..equals], GroupFile.Load(colon < 0 ? file : file[..colon]), products);
        }

        public Role ToRole() =>
            new(Name, Group.Key.PublicKey, Group.Key.Threshold, [.. Products.Order(StringComparer.Ordinal)], []);
    }
}
