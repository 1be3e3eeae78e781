package vmlan.network.dns;

import vmlan.packet.IpAddress;

/// A resolver that the host uses.
///
/// @param zone the interface of a link-local address, as in `fe80::1%en0`, by name or number; empty without
public record DnsServer(IpAddress address, String zone, int port) {
    /// RFC 1035 §4.2.
    public static final int PORT = 53;

    public DnsServer(IpAddress address) {
        this(address, "", PORT);
    }

    /// Reads an address, with a zone behind `%` where there is one.
    ///
    /// @throws IllegalArgumentException when the text has another form
    public static DnsServer parse(String text, int port) {
        int percent = text.indexOf('%');
        return percent < 0
                ? new DnsServer(IpAddress.parse(text), "", port)
                : new DnsServer(IpAddress.parse(text.substring(0, percent)), text.substring(percent + 1), port);
    }

    @Override
    public String toString() {
        return address + (zone.isEmpty() ? "" : "%" + zone) + (port == PORT ? "" : "#" + port);
    }
}
