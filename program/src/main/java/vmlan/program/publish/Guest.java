package vmlan.program.publish;

import java.util.List;
import vmlan.network.SwitchPort;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Address;

/// A guest's NIC, as far as published ports are concerned.
public interface Guest {
    String vm();

    SwitchPort port();

    /// The MAC address that frames to it carry.
    long macBits();

    /// Where it is reached now: the one to try first first; none before it has shown one.
    List<IpAddress> addresses();

    /// The same NIC at one address, whatever it has shown.
    ///
    /// @param address null for where it is seen
    default Guest at(Ipv4Address address) {
        return address == null ? this : new GuestAt(this, IpAddress.of(address));
    }

    /// A NIC at an address that was said.
    record GuestAt(Guest guest, IpAddress address) implements Guest {
        @Override
        public String vm() {
            return guest.vm();
        }

        @Override
        public SwitchPort port() {
            return guest.port();
        }

        @Override
        public long macBits() {
            return guest.macBits();
        }

        @Override
        public List<IpAddress> addresses() {
            return List.of(address);
        }
    }
}
