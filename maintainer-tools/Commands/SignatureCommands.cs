using System.CommandLine;
using System.Text.Json.Nodes;
using SupplyChain.MaintainerTools.Shares;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol.Encoding;
using SupplyChain.ThresholdSig.Bls;

namespace SupplyChain.MaintainerTools.Commands;

/// <summary><c>share signature</c>: plain BLS signatures, for comparison with other programs.</summary>
internal static class SignatureCommands
{
    public static Command Build() => new("signature", "Check plain BLS12-381 signatures (keys in G2, signatures in G1).") { Verify() };

    private static Leaf Verify()
    {
        var key = new Option<string>("--public-key") { Description = "96 bytes, compressed, in hexadecimal.", Required = true };
        var signature = new Option<string>("--signature") { Description = "48 bytes, compressed, in hexadecimal.", Required = true };
        var message = new Option<string>("--message-file") { Description = "The file whose bytes were signed.", Required = true };
        var dst = new Option<string?>("--dst") { Description = "Domain separation tag; that of our own signatures when not given." };

        return new Leaf("verify", "Check a signature: exit code 0 when valid, 4 when not, 2 when key or signature are no points.",
            "share signature verify --public-key 83cf… --signature 8d61… --message-file message.bin", (invocation, _) =>
            {
                if (!PublicKey.TryRead(Bytes(invocation.Get(key), PublicKey.Size), out var publicKey))
                    throw Malformed("--public-key", PublicKey.Size, "G2");
                if (!Signature.TryRead(Bytes(invocation.Get(signature), Signature.Size), out var point))
                    throw Malformed("--signature", Signature.Size, "G1");

                byte[] bytes = DurableFile.Read(invocation.Get(message), ToolLimits.MaxMessageFile);
                if (!publicKey.Verify(bytes, point, SuiteOf(invocation.Find(dst))))
                {
                    throw CommandFailure.Refused("signature-invalid", "The signature is not this key's on this message.",
                        "check the message's exact bytes and the domain separation tag");
                }

                return Task.FromResult(new Outcome(new JsonObject { ["valid"] = true }, screen => screen.Line("Valid.")));
            })
        { key, signature, message, dst };
    }

    private static byte[] Bytes(string hex, int size)
    {
        byte[] bytes = new byte[size];
        return StrictHex.TryDecode(hex, bytes) ? bytes : [];
    }

    private static Ciphersuite SuiteOf(string? dst)
    {
        if (dst is null) return Ciphersuite.Default;
        if (dst.Length is > 0 and <= 255 && !dst.AsSpan().ContainsAnyExceptInRange(' ', '~')) return Ciphersuite.ForDst(dst);

        throw CommandFailure.Usage("malformed", "--dst is not 1 to 255 characters of printable ASCII.", "give the tag of the signer's suite");
    }

    private static CommandFailure Malformed(string option, int size, string group) => CommandFailure.Usage("malformed",
        $"{option} is not {size} bytes, in lower-case hexadecimal, of a compressed point of {group} other than the identity.",
        "copy it again from where it came");
}
