package vmlan.tests.lan;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import vmlan.tests.real.GuestProgram;

/// A real DHCPv6 client for the demo guest, which has none: ISC's dhclient of the distribution.
final class Dhcpv6Client {
    /// Ends when there is an address, which its script has put on the NIC and printed as "dhcpv6 ADDRESS".
    static final String COMMAND = "/bin/dhclient6 -6 -1 -cf /dev/null -lf /tmp/dhclient6.leases"
            + " -pf /tmp/dhclient6.pid -sf /etc/dhclient6";

    private static final String SCRIPT = """
            #!/bin/sh
            export PATH=/bin:/sbin:/usr/bin:/usr/sbin
            case $reason in
            BOUND6 | RENEW6 | REBIND6)
                ip -6 addr add "$new_ip6_address/128" dev "$interface"
                echo "dhcpv6 $new_ip6_address"
                ;;
            esac
            exit 0
            """;

    private Dhcpv6Client() {}

    /// The demo guest's initrd with the client behind it, in `folder`.
    static Path initrd(Path demo, Path folder) throws IOException, InterruptedException {
        Map<String, String> scripts = Map.of("etc/dhclient6", SCRIPT);
        return new GuestProgram("isc-dhcp-client", "sbin/dhclient", "bin/dhclient6", scripts).initrd(demo, folder);
    }
}
