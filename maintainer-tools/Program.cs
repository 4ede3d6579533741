using System.Runtime.Versioning;
using SupplyChain.MaintainerTools.Commands;
using SupplyChain.MaintainerTools.Terminal;

[assembly: SupportedOSPlatform("linux")]

// A crash must not leave shares in a core file.
CoreDumps.Forbid();
return await ShareCommand.RunAsync(args, Console.Out, Console.Error);
