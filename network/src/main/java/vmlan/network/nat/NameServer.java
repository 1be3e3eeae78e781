package vmlan.network.nat;

import java.util.function.Consumer;
import vmlan.network.SwitchPort;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEvents;

/// Who answers DNS at the gateway's addresses, port 53.
public interface NameServer {
    /// A query in wire form, not looked at yet.
    ///
    /// @param answer gets the reply once, now or later, or never
    void query(SwitchPort from, byte[] message, boolean overTcp, long now, Consumer<byte[]> answer);

    /// DNS over TCP (RFC 7766): a connection to the server, as a stream that is already connected but says so
    /// only later.
    OutsideStream stream(SwitchPort from, StreamEvents events);

    void tick(long now);

    long nanosToTick(long now);
}
