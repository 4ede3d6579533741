using System.CommandLine;
using System.Globalization;

namespace SupplyChain.MaintainerTools.Commands;

/// <summary>Bounds on the number that an option takes.</summary>
internal static class NumberRange
{
    /// <summary>Anything but a number within the bounds is a usage error.</summary>
    /// <param name="option">The option.</param>
    /// <param name="least">Smallest number it takes.</param>
    /// <param name="most">Largest.</param>
    public static Option<int> Within(this Option<int> option, int least, int most)
    {
        option.Validators.Add(result =>
        {
            // By the text: asked for the value of one that is no number, the parser throws.
            bool isWithin = result.Tokens.All(token =>
                int.TryParse(token.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
                && number >= least && number <= most);
            if (!isWithin) result.AddError($"{option.Name} is {least} to {most}.");
        });
        return option;
    }
}
