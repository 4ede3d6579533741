using System.Net;
using System.Net.Http.Headers;
using System.Text;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Tests.Installation;
using SupplyChain.UpdaterAgent.Tests.Network;
using SupplyChain.UpdaterAgent.Transport;

namespace SupplyChain.UpdaterAgent.Tests.Hostile;

/// <summary>Answers that are too long, too slow, altered, misspelt, or no answers; and archives that would leave their place.</summary>
public sealed class Bytes_and_spellings
{
    [Fact]
    public async Task Endless_checkpoints_are_too_large()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        attacked.Tamper((_, honest) => With(honest, BadBodies.Oversized(honest.Content, Limits.MaxNoteSize)));
        await attacked.Refuses("not-enough-answers", ExitCode.NoQuorum);
        Assert.Equal(["too-large"], attacked.Faults());
    }

    [Fact]
    public async Task Endless_bundles_are_too_large()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        attacked.Tamper((path, honest) => path.StartsWith("latest/", StringComparison.Ordinal)
            ? With(honest, BadBodies.Oversized(honest.Content, Limits.MaxBundleSize)) : honest);
        await attacked.Refuses("not-enough-answers", ExitCode.NoQuorum);
        Assert.Equal(["too-large"], attacked.Faults());
    }

    [Fact]
    public async Task A_mirror_that_alters_pieces_is_named_altered_piece_and_blocks_nothing()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        attacked.Network.Nodes[1].Tamper = (_, honest) => Attacked.IsPiece(honest) ? With(honest, BadBodies.Altered(honest.Content)) : honest;
        Assert.Equal(["node-01 altered-piece"], await attacked.InstallsTwo("liars"));
    }

    [Fact]
    public async Task When_every_mirror_alters_pieces_nothing_is_installed_and_all_are_named()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        attacked.Tamper((_, honest) => Attacked.IsPiece(honest) ? With(honest, BadBodies.Altered(honest.Content)) : honest);
        await attacked.InstallFails("download-incomplete", ExitCode.Failed);
        Assert.Equal(["altered-piece"], attacked.Faults("liars"));
        Assert.Equal(4, attacked.Agent.Json.GetProperty("liars").GetArrayLength());
    }

    [Fact]
    public async Task An_altered_tree_is_altered_tree()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        attacked.Tamper((path, honest) => path.EndsWith("/tree", StringComparison.Ordinal) ? With(honest, BadBodies.Altered(honest.Content)) : honest);
        await attacked.InstallFails("download-incomplete", ExitCode.Failed);
        Assert.Equal(["altered-tree"], attacked.Faults("liars"));
    }

    [Fact]
    public async Task Another_range_than_asked_for_is_wrong_range()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        attacked.Network.Nodes[0].Tamper = (_, honest) =>
        {
            if (honest.Content.Headers.ContentRange is { } range)
                honest.Content.Headers.ContentRange = new ContentRangeHeaderValue(range.From!.Value + 1, range.To!.Value + 1, range.Length!.Value + 1);
            return honest;
        };
        Assert.Equal(["node-00 wrong-range"], await attacked.InstallsTwo("liars"));
    }

    [Fact]
    public async Task Bytes_that_are_withheld_after_the_release_are_http_status_and_the_update_waits()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        attacked.Tamper((path, honest) => path.StartsWith("artifact/", StringComparison.Ordinal) ? new HttpResponseMessage(HttpStatusCode.NotFound) : honest);
        await attacked.InstallFails("download-incomplete", ExitCode.Failed);
        Assert.Equal(["http-status"], attacked.Faults());
    }

    [Fact]
    public async Task Slow_retrieval_is_stalled_and_the_piece_comes_from_elsewhere()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        attacked.Network.Nodes[0].Tamper = (_, honest) => Attacked.IsPiece(honest) ? With(honest, BadBodies.Stalling(honest.Content, 100)) : honest;
        Assert.Contains("node-00 stalled", await attacked.InstallsTwo("failures"));
    }

    [Fact]
    public async Task Silence_is_timed_out()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        attacked.Tamper((_, honest) => With(honest, BadBodies.Stalling(honest.Content, 10)));
        var impatient = attacked.Agent.World with { Transport = new TransportLimits { Answer = TimeSpan.FromMilliseconds(200) } };
        Assert.Equal(ExitCode.NoQuorum, await attacked.Agent.RunIn(impatient, "check"));
        Assert.Equal(["timed-out"], attacked.Faults());
        await attacked.AssertUnchanged();
    }

    [Fact]
    public async Task A_redirection_is_http_status_and_not_followed()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        attacked.Tamper((_, _) => new HttpResponseMessage(HttpStatusCode.Found) { Content = new StringContent("elsewhere") });
        await attacked.Refuses("not-enough-answers", ExitCode.NoQuorum);
        Assert.Equal(["http-status"], attacked.Faults());
    }

    [Fact]
    public async Task A_second_spelling_of_a_checkpoint_is_checkpoint_malformed()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        attacked.Tamper((path, honest) => path == "checkpoint" ? FakeNode.Bytes([.. Attacked.BodyOf(honest), (byte)'\n']) : honest);
        await attacked.Refuses("checkpoint-malformed");
    }

    [Fact]
    public async Task A_second_spelling_of_a_bundle_is_proof_malformed()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        attacked.Tamper((path, honest) => path.StartsWith("latest/", StringComparison.Ordinal) ? FakeNode.Bytes([.. Attacked.BodyOf(honest), 0]) : honest);
        await attacked.Refuses("proof-malformed");
    }

    [Fact]
    public async Task Whatever_is_truncated_mutated_or_random_is_refused_and_never_breaks_the_agent()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        var random = new Random(7);
        for (int round = 0; round < 24; round++)
        {
            int how = random.Next(4);
            string where = round % 2 == 0 ? "checkpoint" : "latest/";
            attacked.Tamper((path, honest) => path.StartsWith(where, StringComparison.Ordinal)
                ? FakeNode.Bytes(Spoil(how, Attacked.BodyOf(honest), random)) : honest);
            Assert.Contains(await attacked.Agent.RunJson("check"), new[] { ExitCode.Refused, ExitCode.NoQuorum });

            // Cut between two lines it has too few attestations, and a changed letter may be one of the origin.
            string[] names = ["checkpoint-malformed", "checkpoint-wrong-origin", "checkpoint-not-certified", "proof-malformed"];
            var error = attacked.Agent.Json.GetProperty("error");
            Assert.Contains(error.GetProperty("name").GetString(), names);
            Assert.NotEmpty(error.GetProperty("message").GetString()!);
            Assert.NotEmpty(error.GetProperty("hint").GetString()!);
            Assert.All(attacked.Faults(), fault => Assert.Contains(fault, names));
            Assert.Equal(4, attacked.Agent.Json.GetProperty("failures").GetArrayLength());
            await attacked.AssertUnchanged();
        }
    }

    [Theory]
    [InlineData("=\n", "!\n")]
    [InlineData("=\n", "\n")]
    [InlineData("\n\n— ", "\n\n-- ")]
    public async Task Wrong_base64_or_another_form_of_a_signature_is_checkpoint_malformed(string good, string bad)
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        attacked.Tamper((path, honest) => path == "checkpoint"
            ? FakeNode.Bytes(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Attacked.BodyOf(honest)).Replace(good, bad, StringComparison.Ordinal))) : honest);
        await attacked.Refuses("checkpoint-malformed");
    }

    [Fact]
    public async Task A_checkpoint_that_is_no_utf8_is_checkpoint_malformed()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        attacked.Tamper((path, honest) => path == "checkpoint" ? FakeNode.Bytes([.. Attacked.BodyOf(honest)[..10], 0xc3, 0x28, .. Attacked.BodyOf(honest)[10..]]) : honest);
        await attacked.Refuses("checkpoint-malformed");
    }

    [Fact]
    public async Task A_problem_with_a_nesting_bomb_is_http_status_without_a_name()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        attacked.Tamper((_, _) => new HttpResponseMessage(HttpStatusCode.InternalServerError) { Content = new StringContent(new string('[', 100_000)) });
        await attacked.Refuses("not-enough-answers", ExitCode.NoQuorum);
        Assert.Equal(["http-status"], attacked.Faults());
    }

    [Theory]
    [InlineData("../../escaped")]
    [InlineData("/tmp/escaped")]
    public async Task A_path_out_of_its_place_is_archive_unsafe(string path)
    {
        await using var attacked = await Attacked.WithVersionOne();
        attacked.Network.Offer("2.0.0", new TarBytes().File(path, "escaped").End(), release => release with { Format = PayloadFormat.Tar });
        await attacked.InstallFails("archive-unsafe", ExitCode.Refused);
    }

    [Theory]
    [InlineData('3')]
    [InlineData('4')]
    [InlineData('6')]
    public async Task A_device_or_a_pipe_is_archive_unsafe(char type)
    {
        await using var attacked = await Attacked.WithVersionOne();
        attacked.Network.Offer("2.0.0", new TarBytes().Entry("device", type).End(), release => release with { Format = PayloadFormat.Tar });
        await attacked.InstallFails("archive-unsafe", ExitCode.Refused);
        Assert.Contains("\"device\"", attacked.Agent.Json.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_out_of_its_place_is_archive_unsafe()
    {
        await using var attacked = await Attacked.WithVersionOne();
        attacked.Network.Offer("2.0.0", new TarBytes().SymbolicLink("./link", "/etc/shadow").End(), release => release with { Format = PayloadFormat.Tar });
        await attacked.InstallFails("archive-unsafe", ExitCode.Refused);
    }

    private static HttpResponseMessage With(HttpResponseMessage answer, HttpContent content)
    {
        answer.Content = content;
        return answer;
    }

    private static byte[] Spoil(int how, byte[] body, Random random)
    {
        switch (how)
        {
            case 0:
                return body[..random.Next(body.Length)];
            case 1:
                // In the checkpoint's text, which all attestations sign.
                body[random.Next(Math.Min(60, body.Length))] ^= 0x55;
                return body;
            case 2:
                byte[] noise = new byte[random.Next(1, 2000)];
                random.NextBytes(noise);
                return noise;
            default:
                return [];
        }
    }
}
