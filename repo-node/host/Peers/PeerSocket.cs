using System.Net.Sockets;

namespace SupplyChain.RepoNode.Peers;

/// <summary>
/// The socket of a call to a peer. A machine that lost its power says no goodbye: without a limit of its own, TCP goes on
/// sending to it for a quarter of an hour.
/// </summary>
internal static class PeerSocket
{
    // Of Linux's netinet/tcp.h; .NET has no name for it.
    internal const int TcpLevel = 6, TcpUserTimeout = 18;

    /// <summary>How long what was sent may stay unacknowledged before the connection ends.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Of an idle connection: seconds until it is asked for a sign of life, between two questions, and how many.
    private const int Idle = 15, Interval = 5, Questions = 3;

    public static Socket Create()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, Idle);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, Interval);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Questions);
        if (OperatingSystem.IsLinux())
            socket.SetRawSocketOption(TcpLevel, TcpUserTimeout, BitConverter.GetBytes((int)Patience.TotalMilliseconds));
        return socket;
    }
}
