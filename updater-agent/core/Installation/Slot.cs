namespace SupplyChain.UpdaterAgent.Core.Installation;

/// <summary>The two places of payload kind <c>tree</c>: one is current, the other is free.</summary>
public enum Slot
{
    A,
    B,
}

public static class SlotNames
{
    private const string LinkPrefix = "slots/";

    public static string Name(this Slot slot) => slot == Slot.A ? "a" : "b";

    public static Slot Other(this Slot slot) => slot == Slot.A ? Slot.B : Slot.A;

    /// <summary>What <c>current</c> points to, relative to the directory it lies in.</summary>
    public static string LinkTarget(this Slot slot) => LinkPrefix + slot.Name();

    public static bool TryParse(string name, out Slot slot)
    {
        slot = name == "b" ? Slot.B : Slot.A;
        return name is "a" or "b";
    }

    /// <summary>Reads the text of the link <c>current</c> in its one spelling.</summary>
    public static bool TryParseLink(string target, out Slot slot)
    {
        slot = default;
        return target.StartsWith(LinkPrefix, StringComparison.Ordinal)
            && TryParse(target[LinkPrefix.Length..], out slot);
    }

    /// <summary>Where the next version is staged; never what is current.</summary>
    public static Slot Free(Slot? current) => current?.Other() ?? Slot.A;
}
