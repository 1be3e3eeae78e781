package vmlan.program.serve;

import java.util.Collection;
import java.util.List;
import vmlan.network.SwitchPort;
import vmlan.network.dhcp.Lease;
import vmlan.network.gateway.Neighbour;
import vmlan.network.uplink.AddressTable;
import vmlan.packet.MacAddress;

/// What leads to a segment that others look after: a LAN, or a network of macOS' own. They give the addresses; which
/// ones guests have is known from what these show on the way.
abstract class UplinkService implements NetworkService {
    /// What an uplink needs from its network.
    interface Owner {
        /// The segment cannot be reached any more, or can again.
        void linkChanged(boolean up);

        /// It may be another segment, or may have forgotten the guests.
        void renewLinks();

        /// The process shall end, to be started anew with rights.
        void reopen();
    }

    private final AddressTable addresses;

    /// @param known addresses of guests, from an earlier process
    UplinkService(Collection<Neighbour> known, long now) {
        addresses = new AddressTable(known, now);
    }

    abstract boolean isRunning();

    abstract int mtu();

    /// What whoever starts a VM should know.
    ///
    /// @param warnings what is said besides
    abstract List<String> notes(List<HostChanges.Warning> warnings);

    final AddressTable addresses() {
        return addresses;
    }

    @Override
    public final GuestAddresses addresses(MacAddress station, long sinceNanos) {
        return GuestAddresses.of(addresses, station, sinceNanos);
    }

    @Override
    public final long changes() {
        return addresses.changes();
    }

    @Override
    public final List<Neighbour> neighbours() {
        return addresses.all();
    }

    @Override
    public final List<Lease> leases() {
        return List.of();
    }

    @Override
    public final void check(PortRecord record) {
        // Others give the addresses.
    }

    @Override
    public final void welcome(PortRecord record) {
        // Others give the addresses.
    }

    @Override
    public final void opened(GuestPort port, boolean restored) {
        if (!port.record().published().isEmpty()) {
            throw new IllegalArgumentException(OutsideApi.NO_GATEWAY);
        }
    }

    @Override
    public final void dismiss(GuestPort port, long now) {
        addresses.forget(port.record().mac());
    }

    @Override
    public final void leaving(SwitchPort port, long now) {
        // Nothing here is a port's; its addresses are its NIC's.
    }

    @Override
    public final void farewell(long now) {
        // The segment's tables age; there is nothing to say.
    }

    @Override
    public final void settings(NetworkSettings settings) {
        // None of those that change is its own.
    }
}
