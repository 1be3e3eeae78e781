package vmlan.network.outside;

/// The host's sockets. What may be reached is decided before; here everything is tried.
public interface Outside {
    /// Begins to connect. The outcome comes to `events`, once, and never from within this call.
    OutsideStream connect(long high, long low, int tcpPort, StreamEvents events);

    /// A socket for datagrams with a port of its own.
    ///
    /// @return null when the host has none to give now
    OutsideDatagrams datagrams(boolean ipv4, DatagramEvents events);

    /// A way to send echoes.
    ///
    /// @return null where the host does not allow it
    OutsideEcho echoes(boolean ipv4, EchoEvents events);

    /// Looks for TCP connections of which something was sent again and again, and nothing came back. What is found is
    /// told later; nothing is where the host does not say.
    default void findUnanswered(UnansweredEvents events) {}
}
