using System.Text;
using Spectre.Console;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.RepoNode.Commands;

/// <summary>
/// How a command speaks: to a person in words, or with <c>--json</c> as one object on standard output and nothing else
/// there (docs/protocol.md §13).
/// </summary>
internal sealed class Screen(bool json)
{
    /// <summary>The command's result.</summary>
    public void Result(CanonicalJsonWriter result, Action<IAnsiConsole> words)
    {
        if (json) Console.Out.WriteLine(Encoding.UTF8.GetString(result.ToArray()));
        else words(AnsiConsole.Console);
    }

    public void Failure(CommandFailure failure)
    {
        if (json)
        {
            var error = new CanonicalJsonWriter().BeginObject().Name("error").BeginObject()
                .Field("code", (ulong)failure.Code)
                .Field("name", failure.Name)
                .Field("message", Plain(failure.Message))
                .Field("hint", Plain(failure.Hint))
                .EndObject().EndObject();
            Console.Out.WriteLine(Encoding.UTF8.GetString(error.ToArray()));
            return;
        }

        Console.Error.WriteLine($"error: {failure.Message}");
        Console.Error.WriteLine($"  {failure.Hint}");
    }

    // Messages of the system may hold what canonical JSON does not.
    private static string Plain(string text) => CanonicalJson.IsText(text)
        ? text
        : string.Concat(text.Where(c => char.IsAscii(c) && !char.IsControl(c)));
}
