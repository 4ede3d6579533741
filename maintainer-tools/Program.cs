using System.Runtime.Versioning;
using SupplyChain.MaintainerTools.Commands;
using SupplyChain.MaintainerTools.Shares;
using SupplyChain.MaintainerTools.Terminal;

[assembly: SupportedOSPlatform("linux")]

// A crash must not leave shares in a core file.
CoreDumps.Forbid();
int code = await ShareCommand.RunAsync(args, Console.Out, Console.Error);
if (SecretPages.SomeUnlocked)
    Console.Error.WriteLine("share: the system did not let secrets be kept from swap (see `ulimit -l`).");
return code;
