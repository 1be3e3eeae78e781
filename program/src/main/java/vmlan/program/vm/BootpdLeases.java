package vmlan.program.vm;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import vmlan.packet.Ipv4Address;
import vmlan.packet.MacAddress;

/// The leases of macOS' own DHCP server (bootpd(8)), which serves vmnet's shared and host networks, as it keeps them in
/// a file:
///
/// ```
/// {
///         name=web
///         ip_address=192.168.64.5
///         hw_address=1,52:54:0:12:34:56
///         identifier=1,52:54:0:12:34:56
///         lease=0x687a2000
/// }
/// ```
///
/// `hw_address` is in truth the client's identifier. That of a guest with the MAC address as its identifier, or none,
/// is `1,` and the address, without leading zeros. One by RFC 4361 is `ff,`, four bytes of the interface and a DUID, at
/// whose end the MAC address stands where it is made of that (RFC 8415 §11.2 and §11.4, types 1 and 3) and not
/// otherwise (tart's FAQ, minikube's `pkg/drivers/common/vmnet`). An address that was given anew leaves the old entry
/// where it was, so the one that ends last counts. `lease` is its end in seconds since 1970: bootpd compares it with
/// the
/// `tv_sec` of gettimeofday(2), keeps an entry after that, and one without has no end (Apple's bootp,
/// `bootpd.tproj/dhcpd.c`, S_lease_time_expiry and DHCPLeases_reclaim).
///
/// Trust: `name` is what a guest says that it is called, and not read.
public record BootpdLeases(List<Lease> leases) {
    static final String FILE = "/var/db/dhcpd_leases";

    /// @param end in seconds since 1970
    public record Lease(MacAddress mac, Ipv4Address address, long end) {}

    /// What makes no sense is left out.
    static BootpdLeases parse(String text) {
        List<Lease> leases = new ArrayList<>();
        MacAddress mac = null;
        Ipv4Address address = null;
        long end = Long.MAX_VALUE;
        for (String line : text.lines().map(String::strip).toList()) {
            switch (line) {
                case "{" -> {
                    mac = null;
                    address = null;
                    end = Long.MAX_VALUE;
                }
                case "}" -> {
                    if (mac != null && address != null) {
                        leases.add(new Lease(mac, address, end));
                    }
                }
                default -> {
                    String value = line.substring(line.indexOf('=') + 1);
                    if (line.startsWith("ip_address=")) {
                        address = Neighbors.ipv4Address(value).orElse(null);
                    } else if (line.startsWith("hw_address=")) {
                        mac = client(value).orElse(null);
                    } else if (line.startsWith("lease=")) {
                        end = value.matches("0x[0-9a-fA-F]{1,15}")
                                ? HexFormat.fromHexDigitsToLong(value.substring(2))
                                : 0;
                    }
                }
            }
        }
        return new BootpdLeases(leases);
    }

    private static Optional<MacAddress> client(String identifier) {
        if (identifier.startsWith("1,")) {
            return Neighbors.mac(identifier.substring(2));
        }
        // link-layer and time: type, hardware, four bytes of time; link-layer alone is without them
        String bytes = "[0-9a-fA-F]{1,2}:";
        String duid = "ff,(?:" + bytes + "){4}(?:0?0:0?1:0?0:0?1:(?:" + bytes + "){4}|0?0:0?3:0?0:0?1:)";
        return identifier.length() > 100 ? Optional.empty() : Neighbors.mac(identifier.replaceFirst("^" + duid, ""));
    }

    /// @param now in seconds since 1970
    Optional<Ipv4Address> of(MacAddress mac, long now) {
        return leases.stream()
                .filter(lease -> lease.mac().equals(mac) && lease.end() > now)
                .max(Comparator.comparingLong(Lease::end))
                .map(Lease::address);
    }
}
