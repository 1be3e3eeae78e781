package vmlan.program.serve;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import vmlan.network.SwitchPort;
import vmlan.network.change.HostChange;
import vmlan.network.change.HostState;
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

    /// A NIC wants to come.
    ///
    /// @throws IllegalStateException with the reason when it cannot have what it wants
    void check(PortRecord record);

    /// A NIC comes.
    void welcome(PortRecord record);

    /// The NIC that came has its port.
    ///
    /// @param restored whether an earlier process had it: then what cannot be had of it now is said in the log
    /// @throws IOException something that it is to have cannot be had
    void opened(GuestPort port, boolean restored) throws IOException;

    /// A NIC goes; its port is about to.
    void dismiss(GuestPort port, long now);

    /// A port of the switch is about to go.
    void leaving(SwitchPort port, long now);

    /// Settings were changed that can change while the network runs.
    void settings(NetworkSettings settings);

    /// The host's addresses or ways out are others now, or it was asleep.
    ///
    /// @return how many connections were reset
    int hostChanged(HostChange change, long now);

    /// What is wrong between the host as it is now and this network.
    List<HostChanges.Warning> warnings(HostState state);

    /// The addresses that a NIC has shown or taken since its VM was started.
    GuestAddresses addresses(MacAddress mac, long sinceNanos);

    /// Adds to what `network show` prints.
    void describe(Map<String, Object> json);

    /// For the log: internal errors since the last call.
    void logFaults();

    @Override
    void close();
}
