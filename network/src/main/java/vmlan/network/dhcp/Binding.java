package vmlan.network.dhcp;

import vmlan.packet.Ipv4Address;
import vmlan.packet.MacAddress;

/// What is known of one MAC: a reservation, an offer, a lease, or several of these.
final class Binding {
    final MacAddress mac;
    Ipv4Address address;
    String reservedName;
    /// Where its VM is attached: nobody else speaks for it.
    String reservedPort;
    String guestName;
    String port;
    boolean reserved;
    /// Acknowledged once, so that it is written down.
    boolean leased;
    /// End of the lease or, before it, of the offer.
    long expiresNanos;
    /// When it was last acknowledged.
    long acknowledgedNanos;

    Binding(MacAddress mac, Ipv4Address address) {
        this.mac = mac;
        this.address = address;
    }

    /// Whether the port may speak for this MAC: it is the last one that it asked on, as far as is
    /// known.
    boolean isOf(String speaker) {
        return mayAsk(speaker) && (port == null || port.equals(speaker));
    }

    /// A guest may move to another port with its address, but nobody takes a VM's.
    boolean mayAsk(String speaker) {
        return reservedPort == null || reservedPort.equals(speaker);
    }

    Lease lease() {
        return new Lease(mac, address, reserved ? reservedName : guestName, expiresNanos, acknowledgedNanos);
    }
}
