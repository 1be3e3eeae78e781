package vmlan.qemu.language.backend;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import vmlan.qemu.language.CNumber;
import vmlan.qemu.language.NetworkOption;
import vmlan.qemu.language.Surroundings;

/// The backends of which QEMU says little: `hubport`, `vde`, `l2tpv3`, `af-xdp`, `netmap`, `passt`.
final class OtherRules {
    /// Linux's numbers, which net/l2tpv3.c prints.
    private static final Map<String, Integer> NUMBERS = Map.of(
            "Operation not permitted", 1,
            "Permission denied", 13,
            "Address already in use", 98,
            "Cannot assign requested address", 99);

    private OtherRules() {}

    /// QEMU net/hub.c `net_init_hubport`.
    static void hubport(Making making) throws Refused {
        String id = making.value("netdev");
        if (id == null) {
            return;
        }
        boolean first = making.name("joined " + id);
        boolean made = making.moment().made().stream()
                .anyMatch(option -> option.kind() != NetworkOption.Kind.DEVICE
                        && option.id().equals(Optional.of(id)));
        if (!made) {
            throw new Refused("netdev '%s' not found".formatted(id));
        }
        if (!first) {
            throw Crash.joinedTwice();
        }
    }

    /// QEMU net/vde.c `net_vde_init`; libvdeplug looks for the switch's control socket.
    static void vde(Making making) throws Refused {
        String socket = making.value("sock");
        String folder = socket == null || socket.isEmpty() ? "/var/run/vde.ctl" : socket;
        if (!making.surroundings().exists(Path.of(folder))) {
            throw new Refused("Could not open vde: No such file or directory");
        }
    }

    /// QEMU net/l2tpv3.c `net_init_l2tpv3`.
    static void l2tpv3(Making making) throws Refused {
        if (making.number("offset", 0) > 256) {
            throw new Refused("offset must be less than 256 bytes");
        }
        if (making.has("rxcookie") != making.has("txcookie")) {
            throw new Refused("require both 'rxcookie' and 'txcookie' or neither");
        }
        boolean udp = making.isOn("udp");
        if (udp && !(making.has("srcport") && making.has("dstport"))) {
            throw new Refused("need both src and dst port for udp");
        }
        boolean ipv6 = making.isOn("ipv6");
        String source = resolved(making, "src", "could not resolve src, errno = %s", ipv6);
        if (!udp) {
            String why = making.surroundings().whyNoRawSocket().orElse(null);
            if (why != null) {
                throw Refused.because(
                        "socket creation failed, errno = %d".formatted(NUMBERS.getOrDefault(why, 1)),
                        Remedies.ofRawSocket());
            }
        } else if (source != null) {
            bind(making, source);
        }
        resolved(making, "dst", "could not resolve dst, error = %s", ipv6);
    }

    /// @return the IPv4 address; null for an IPv6 one
    private static String resolved(Making making, String key, String error, boolean ipv6) throws Refused {
        String host = making.value(key);
        if (host.indexOf(':') >= 0) {
            if (!ipv6 && InternetText.ipv6(host) != null) {
                throw new Refused(error.formatted("Address family for hostname not supported"));
            }
            return null;
        }
        if (ipv6) {
            return null;
        }
        Optional<String> address = InternetText.ipv4(host).isPresent()
                ? Optional.of(host)
                : making.surroundings().resolve(host);
        // what can only be a number is not asked of a name server
        boolean number = host.matches("[0-9.]*");
        return address.orElseThrow(() -> new Refused(error.formatted(
                number ? "Name or service not known" : making.surroundings().whyNotResolve(host))));
    }

    private static void bind(Making making, String source) throws Refused {
        CNumber port = CNumber.parse(making.value("srcport"), 10).orElse(null);
        if (port == null || !port.isWhole()) {
            // the name of a service
            return;
        }
        HostPort at = new HostPort(InternetText.ipv4(source).orElse(0), port.value());
        Making.Unbound why = making.bind(Surroundings.Transport.UDP, at).orElse(null);
        if (why != null) {
            throw Refused.because(
                    "could not bind socket err=%d".formatted(NUMBERS.getOrDefault(why.words(), 99)), why.remedy());
        }
        at.sayWhetherCut(making, "srcport");
    }

    /// QEMU net/af-xdp.c `net_init_af_xdp`.
    static void afXdp(Making making) throws Refused {
        String name = making.value("ifname");
        if (!making.surroundings().hasInterface(name)) {
            throw new Refused("failed to get ifindex for '%s': No such device".formatted(name));
        }
        long queues = making.number("queues", 1);
        if (queues < 1) {
            throw new Refused("invalid number of queues (%d) for '%s'".formatted(queues, name));
        }
        if (making.isOn("inhibit") != making.has("sock-fds")) {
            throw new Refused("'inhibit=on' requires 'sock-fds' and vice versa");
        }
        if (making.has("sock-fds")) {
            String[] sockets = making.value("sock-fds").split(":", -1);
            int given = making.value("sock-fds").isEmpty() ? 0 : sockets.length;
            if (given != queues) {
                throw new Refused("expected %d socket fds, got %d".formatted(queues, given));
            }
            for (String socket : sockets) {
                Descriptors.parse(socket);
            }
        }
    }

    /// QEMU net/netmap.c: ports of the kernel are `netmap:NAME`, those of a switch in software `vale…`.
    static void netmap(Making making) throws Refused {
        if (!making.surroundings().exists(Path.of("/dev/netmap"))) {
            throw new Refused("Failed to nm_open() %s: No such file or directory".formatted(making.value("ifname")));
        }
    }

    /// QEMU net/passt.c of 10.1 and newer: passt is started as a child.
    static void passt(Making making) throws Refused {
        if (making.moment().dialect().served().contains("passt")) {
            return;
        }
        String path = making.value("path");
        if (path != null && path.indexOf('/') >= 0 && !making.surroundings().exists(Path.of(path))) {
            throw new Refused("Error creating daemon: Failed to execute child process “%s” (No such file or directory)"
                    .formatted(path));
        }
        if (path == null && !making.surroundings().isProgram("passt")) {
            throw new Refused("Error creating daemon: Failed to execute child process “%s” (No such file or directory)"
                    .formatted("passt"));
        }
    }
}
