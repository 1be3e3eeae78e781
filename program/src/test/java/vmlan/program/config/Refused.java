package vmlan.program.config;

import java.util.List;

/// Files that have one mistake each, and one that has none: what our own reader and the JSON Schema are asked of.
///
/// @param place LINE:COLUMN
/// @param bySchema whether the schema can see it, too; what depends on other lines it cannot
public record Refused(String text, String place, String what, boolean bySchema) {
    public static final String EVERY_SETTING = """
            # yaml-language-server: $schema=networks.schema.json
            networks:
              lab:
                mode: shared
                ipv4: 10.20.0.0/24
                gateway: 10.20.0.254
                dhcp: {from: 10.20.0.100, to: 10.20.0.200, lease: 12h}
                ipv6: fd12:3456:789a:1::/64
                mtu: 9000
                isolated: true
                allow-host: [5432, 514/udp]
                names:
                  db: [10.0.0.5, "2001:db8::5"]
                  mirror.example.com: 10.0.0.7
                reservations:
                  web: 10.20.0.10
                  "52:54:00:12:34:56": 10.20.0.11
                dns: {servers: [10.0.0.53], address: 10.20.0.253, search: [example.com, lab.example.com]}
              office:
                mode: bridged
                interface: en0
                mac-nat: on
                isolated: false
              inner: {mode: private, allow-host: 80}
              host: {mode: host, ipv4: 10.30.0.0/16}
              shared:
            """;

    private static Refused seen(String text, String place, String what) {
        return new Refused(text, place, what, true);
    }

    private static Refused unseen(String text, String place, String what) {
        return new Refused(text, place, what, false);
    }

    /// The settings of one network; its first line is the third of the file.
    private static String lab(String settings) {
        return "networks:\n  lab:\n    " + settings.replace("\n", "\n    ") + "\n";
    }

    private static final String SUBNET = "ipv4: 10.20.0.0/24\n";

    public static List<Refused> all() {
        return List.of(
                // the file
                seen("[]\n", "1:1", "the file is a list"),
                seen("network: {}\n", "1:1", "no setting 'network'"),
                seen("networks: [lab]\n", "1:11", "networks is a list"),
                unseen("networks:\n  lab: {}\n  lab: {}\n", "3:3", "'lab' comes twice; first in line 2"),
                unseen("networks:\n\tlab: {}\n", "2:1", "no YAML"),
                unseen("networks: {lab: {}\n", "2:1", "no YAML"),
                unseen("networks:\n  lab: *nobody\n", "2:8", "no YAML"),
                unseen("networks: {}\n---\nnetworks: {}\n", "2:1", "no YAML"),
                unseen("networks:\n  [a, b]: {}\n", "2:3", "a key is a list"),
                // names of networks
                seen("networks:\n  Lab: {}\n", "2:3", "no network can be called 'Lab'"),
                seen("networks:\n  user: {}\n", "2:3", "no network can be called 'user'"),
                seen("networks:\n  bridged-en0: {}\n", "2:3", "no network can be called 'bridged-en0'"),
                seen("networks:\n  router-x: {}\n", "2:3", "no network can be called 'router-x'"),
                seen("networks:\n  a.b: {}\n", "2:3", "no network can be called 'a.b'"),
                // the network
                seen("networks:\n  lab: yes\n", "2:8", "the network lab is 'yes'"),
                seen(lab("mode: nat"), "3:11", "'nat' is no mode"),
                seen(lab("mode:"), "3:10", "mode is empty"),
                seen(lab("colour: red"), "3:5", "no setting 'colour'"),
                unseen(lab("mtu: 1500\nmtu: 1500"), "4:5", "'mtu' comes twice"),
                seen("networks:\n  host: {mode: shared}\n", "2:16", "built in, its mode is host"),
                seen("networks:\n  shared: {mode: private}\n", "2:18", "built in, its mode is shared"),
                seen("networks:\n  host: {dns: {servers: 10.0.0.1}}\n", "2:10", "whose mode is host has no dns"),
                seen(lab("mode: private\ndns: {servers: 10.0.0.1}"), "4:5", "whose mode is private has no dns"),
                seen(lab("interface: en0"), "3:5", "whose mode is shared has no interface"),
                seen(lab("mac-nat: on"), "3:5", "whose mode is shared has no mac-nat"),
                // bridged
                seen("networks:\n  lab: {mode: bridged}\n", "2:3", "bridged and names no NIC"),
                seen(lab("mode: bridged\ninterface: a/b"), "4:16", "no name that a NIC can have"),
                seen(lab("mode: bridged\ninterface: en0\nmac-nat: maybe"), "5:14", "'maybe' is not auto, on or off"),
                seen(lab("mode: bridged\ninterface: en0\nipv4: 10.20.0.0/24"), "5:5", "bridged has no ipv4"),
                seen(lab("mode: bridged\ninterface: en0\nallow-host: 80"), "5:5", "bridged has no allow-host"),
                unseen(
                        "networks:\n  a: {mode: bridged, interface: en0}\n  b: {mode: bridged, interface: en0}\n",
                        "3:33",
                        "the NIC en0 is that of a (line 2)"),
                seen(lab("mode: bridged\ninterface: en0\nvia: qemu"), "5:10", "is none of auto, vmnet, socket_vmnet"),
                // Apple's
                seen(
                        lab("mode: vmnet-host\nipv6: fd00:1::/64\nipv4: 192.168.105.0/24"),
                        "4:5",
                        "whose mode is vmnet-host has no ipv6"),
                seen(
                        lab("mode: vmnet-shared\nnames: {a: 10.0.0.1}\nipv4: 192.168.105.0/24"),
                        "4:5",
                        "whose mode is vmnet-shared has no names"),
                unseen(lab("mode: vmnet-shared"), "2:3", "names no addresses"),
                seen(lab("mode: private\nvia: vmnet"), "4:5", "whose mode is private has no via"),
                // addresses
                seen(lab("ipv4: 10.20.0.0"), "3:11", "is not a network"),
                seen(lab("ipv4: 10.20.0.0/31"), "3:11", "/31 is no length"),
                seen(lab("ipv4: 10.0.0.0/7"), "3:11", "/7 is no length"),
                unseen(lab("ipv4: 10.20.0.5/24"), "3:11", "is an address in 10.20.0.0/24"),
                seen(lab("ipv4: 127.0.0.0/24"), "3:11", "127.0.0.0/24 is not for hosts"),
                seen(lab("ipv4: 224.0.0.0/24"), "3:11", "is not for hosts"),
                seen(lab("ipv4: 169.254.0.0/16"), "3:11", "is not for hosts"),
                seen(lab("ipv4: [10.20.0.0/24]"), "3:11", "ipv4 is a list"),
                unseen(
                        "networks:\n  a: {ipv4: 10.20.0.0/16}\n  b: {ipv4: 10.20.7.0/24}\n",
                        "3:13",
                        "overlaps 10.20.0.0/16 of a (line 2)"),
                seen(lab("ipv6: fd00::/48"), "3:11", "is not an IPv6 network"),
                seen(lab("ipv6: off"), "3:11", "is not an IPv6 network"),
                unseen(lab("ipv6: fe80::/64"), "3:11", "neither of fc00::/7 nor of 2000::/3"),
                unseen(
                        "networks:\n  a: {ipv6: \"fd00::/64\"}\n  b: {ipv6: \"fd00::/64\"}\n",
                        "3:13",
                        "is that of a (line 2)"),
                seen(lab("gateway: 10.20.0.1"), "3:14", "gateway needs the network that it is in"),
                unseen(lab(SUBNET + "gateway: 10.21.0.1"), "4:14", "no address of a host in 10.20.0.0/24"),
                unseen(lab(SUBNET + "gateway: 10.20.0.255"), "4:14", "no address of a host in 10.20.0.0/24"),
                seen(lab(SUBNET + "gateway: 10.20.0.300"), "4:14", "'10.20.0.300'"),
                // DHCP
                seen(lab("dhcp: 12h"), "3:11", "dhcp is '12h'"),
                seen(lab("dhcp: {lease: 12}"), "3:19", "'12' is no time"),
                unseen(lab("dhcp: {lease: 5s}"), "3:19", "'5s' is not from 1m to 365d"),
                unseen(lab("dhcp: {lease: 400d}"), "3:19", "'400d' is not from 1m to 365d"),
                seen(lab("dhcp: {leese: 12h}"), "3:12", "dhcp has no setting 'leese'"),
                seen(lab("dhcp: {from: 10.20.0.1}"), "3:18", "dhcp.from needs the network"),
                unseen(lab(SUBNET + "dhcp: {from: 10.20.0.9, to: 10.20.0.3}"), "4:33", "is below dhcp.from 10.20.0.9"),
                unseen(lab(SUBNET + "dhcp: {to: 10.20.1.3}"), "4:16", "no address of a host"),
                // the rest
                seen(lab("mtu: 1000"), "3:10", "mtu is 1000"),
                seen(lab("mtu: 70000"), "3:10", "mtu is 70000"),
                seen(lab("mtu: large"), "3:10", "mtu is 'large'"),
                seen(lab("isolated: off"), "3:15", "isolated is 'off'"),
                seen(lab("isolated: \"true\""), "3:15", "isolated is 'true'"),
                seen(lab("allow-host: [0]"), "3:18", "'0' is not a port"),
                seen(lab("allow-host: [5432, 70000]"), "3:24", "'70000' is not a port"),
                seen(lab("allow-host: 53"), "3:17", "answers at port 53"),
                seen(lab("allow-host: 67/udp"), "3:17", "answers at port 67"),
                seen(lab("allow-host: 80/sctp"), "3:17", "'80/sctp' is not a port"),
                seen(lab("allow-host: [80, 80]"), "3:22", "80 is there already"),
                seen(lab("allow-host:"), "3:16", "allow-host is empty"),
                seen(lab("names: {db: 10.0.0}"), "3:17", "'10.0.0'"),
                seen(lab("names: {db: []}"), "3:13", "has 0 addresses"),
                seen(lab("names: {host: 10.0.0.5}"), "3:13", "taken by the network itself"),
                seen(lab("names: {-x: 10.0.0.5}"), "3:13", "no name that DNS can have"),
                unseen(lab("names: {db: 10.0.0.5, DB: 10.0.0.6}"), "3:27", "'db' comes twice"),
                seen(lab("names: [db]"), "3:12", "names is a list"),
                seen(lab("reservations: {web: 10.20.0.10}"), "3:25", "needs the network that it is in"),
                unseen(lab(SUBNET + "reservations: {web: 10.21.0.10}"), "4:25", "no address of a host"),
                unseen(lab(SUBNET + "reservations: {web: 10.20.0.1}"), "4:25", "is the gateway's address"),
                unseen(
                        lab(SUBNET + "reservations: {a: 10.20.0.5, b: 10.20.0.5}"),
                        "4:37",
                        "10.20.0.5 is reserved for a already"),
                seen(lab(SUBNET + "reservations: {Web: 10.20.0.5}"), "4:20", "neither a VM's name nor a MAC"),
                seen(lab(SUBNET + "reservations: {gateway: 10.20.0.5}"), "4:20", "neither a VM's name nor a MAC"),
                seen(lab(SUBNET + "reservations: {\"01:00:5e:00:00:01\": 10.20.0.5}"), "4:20", "it is a group's"),
                seen(lab(SUBNET + "reservations: {\"52:54:00\": 10.20.0.5}"), "4:20", "is not a MAC address"),
                seen(lab("dns: {server: 10.0.0.1}"), "3:11", "dns has no setting 'server'"),
                seen(lab("dns: {servers: [resolver]}"), "3:21", "'resolver'"),
                seen(lab("dns: {search: a_b}"), "3:19", "dns.search: 'a_b' is not a domain name"),
                seen(lab("dns: {search: [a, b, c, d, e, f, g]}"), "3:19", "these are 7 domains"),
                seen(lab("dns: {address: here}"), "3:20", "'here'"),
                unseen(
                        lab(SUBNET + "dns: {address: 10.20.0.3}\nreservations: {web: 10.20.0.3}"),
                        "5:25",
                        "the reservation of web is the gateway's address 10.20.0.3"),
                unseen(lab("dns: {address: 10.20.0.3}"), "3:20", "needs the network that it is in"),
                unseen(lab(SUBNET + "dns: {address: 10.21.0.3}"), "4:20", "no address of a host in 10.20.0.0/24"),
                unseen(lab(SUBNET + "dns: {address: 10.20.0.1}"), "4:20", "dns.address 10.20.0.1 is the gateway's"));
    }

    @Override
    public String toString() {
        return what;
    }
}
