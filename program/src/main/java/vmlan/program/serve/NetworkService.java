package vmlan.program.serve;

import java.util.List;
import java.util.Map;
import vmlan.network.dhcp.Lease;
import vmlan.network.gateway.Neighbour;
import vmlan.packet.MacAddress;

/// What makes a network more than a switch: a gateway, an uplink. A port of the switch each, and on the loop's thread
/// like all of it.
interface NetworkService extends AutoCloseable {
    /// Does what is due and flushes the switch.
    ///
    /// @return how long nothing will be due
    long round(long now);

    /// Ports were taken back from an earlier process.
    void resume(long now);

    /// The network ends.
    void farewell(long now);

    /// Goes up when what is to be kept on disk changes.
    long changes();

    List<Lease> leases();

    List<Neighbour> neighbours();

    /// A NIC comes.
    void welcome(PortRecord record);

    /// A NIC goes.
    void dismiss(PortRecord record);

    /// The addresses that a NIC has shown or taken since its VM was started.
    GuestAddresses addresses(MacAddress mac, long sinceNanos);

    /// Adds to what `network show` prints.
    void describe(Map<String, Object> json);

    /// For the log: internal errors since the last call.
    void logFaults();

    @Override
    void close();
}
