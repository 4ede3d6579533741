namespace SupplyChain.Kernel.Tests;

/// <summary>The classes that share the guest: one of them at a time, in whatever order.</summary>
[CollectionDefinition(Name)]
public sealed class GuestTests : ICollectionFixture<PatchedGuest>
{
    public const string Name = "guest";
}

/// <summary>What each of them begins with: a bare kernel, and an agent that has done nothing yet.</summary>
public sealed class NewAgent(PatchedGuest guest) : IAsyncLifetime
{
    public Task InitializeAsync() => guest.StartAnewAsync();

    public Task DisposeAsync() => Task.CompletedTask;
}

/// <summary>How the agent's commands end here (docs/protocol.md §13).</summary>
internal static class ExitCodes
{
    public const int Done = 0, Failed = 1, Refused = 4, NoQuorum = 5;
}
