package vmlan.host;

import java.io.IOException;
import vmlan.network.outside.DatagramEvents;
import vmlan.network.outside.Outside;

/// The outside, and what the program needs beside: UDP ports of a given number.
public interface HostSockets extends Outside, AutoCloseable {
    /// Does ahead what the first socket would have to wait for. May be called often.
    void prepare();

    /// A UDP socket at an address and port of the host. `::` takes IPv4 too, its addresses mapped.
    ///
    /// @param udpPort 0 for one that the host chooses
    /// @throws BindFailure when the port cannot be had
    BoundDatagrams bind(long high, long low, int udpPort, DatagramEvents events) throws IOException;

    /// Datagrams that the host's kernel had no room for.
    long datagramsDropped();

    /// News of datagrams that did not arrive, which were more than can wait to be told.
    long errorsForgotten();

    /// Ends what is shared by all sockets; the caller has closed them.
    @Override
    void close();
}
