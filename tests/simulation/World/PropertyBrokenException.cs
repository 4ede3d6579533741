namespace SupplyChain.Simulation.Tests.World;

/// <summary>Something that must hold did not.</summary>
internal sealed class PropertyBrokenException(string what) : Exception(what);
