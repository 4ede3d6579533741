using System.Runtime.InteropServices;
using SupplyChain.UpdaterAgent.Commands;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Transport;
using SupplyChain.UpdaterAgent.Updating;

// The first signal asks to stop; work that must not be cut in two is brought to its end.
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

using var http = HttpTransport.Create(TransportLimits.Default);
return await new AgentCommandLine(new World { Http = http }, Screen.OfProcess).Run(args, stop.Token);

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
