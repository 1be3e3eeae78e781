package vmlan.program.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/// What the doctor says of a host.
final class Findings {
    private Findings() {}

    static List<Finding> findings(Host host) {
        return Doctor.run(Doctor.checks(host, "0.1.0"));
    }

    static List<Finding> named(Host host, String name) {
        return findings(host).stream()
                .filter(finding -> finding.name().equals(name))
                .toList();
    }

    static Finding only(Host host, String name) {
        List<Finding> found = named(host, name);
        assertThat(found).as(name).hasSize(1);
        return found.getFirst();
    }

    static RecordedHost withShared(RecordedHost host) {
        host.file("/home/ann/.local/state/vmlan/networks/shared/network.json", """
                {"mode": "shared", "ipv4": "192.168.64.0/24", "ipv6": "fd01:203:405:1::/64",
                 "gatewayMac": "56:55:01:02:03:04"}""");
        return host;
    }
}
