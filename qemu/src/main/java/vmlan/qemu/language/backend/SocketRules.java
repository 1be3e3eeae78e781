package vmlan.qemu.language.backend;

import java.util.stream.Stream;
import vmlan.qemu.language.Surroundings;

/// QEMU net/socket.c `net_init_socket`.
final class SocketRules implements BackendRules {
    @Override
    public void check(Making making) throws Refused {
        long ways = Stream.of("fd", "listen", "connect", "mcast", "udp")
                .filter(making::has)
                .count();
        if (ways != 1) {
            throw new Refused("exactly one of listen=, connect=, mcast= or udp= is required");
        }
        if (making.has("localaddr") && !making.hasAny("mcast", "udp")) {
            throw new Refused("localaddr= is only valid with mcast= or udp=");
        }
        if (making.has("fd")) {
            descriptor(making);
        } else if (making.has("listen")) {
            listen(making);
        } else if (making.has("connect")) {
            connect(making);
        } else if (making.has("mcast")) {
            Multicast.check(making, HostPort.parse(making.value("mcast"), making.surroundings()), local(making));
        } else {
            udp(making);
        }
    }

    /// The checks changed places in 8.1: until then a closed descriptor is found when it is set not to block.
    private static void descriptor(Making making) throws Refused {
        int descriptor = Descriptors.parse(making.value("fd"));
        Surroundings.Descriptor kind = making.surroundings().descriptor(descriptor);
        if (kind == Surroundings.Descriptor.CLOSED && !making.moment().isAtLeast(8, 1)) {
            throw Descriptors.closed(making, descriptor);
        }
        if (kind != Surroundings.Descriptor.STREAM_SOCKET && kind != Surroundings.Descriptor.DATAGRAM_SOCKET) {
            throw new Refused("can't get socket option SO_TYPE");
        }
    }

    private static void listen(Making making) throws Refused {
        HostPort at = HostPort.parse(making.value("listen"), making.surroundings());
        at.bind(making, Surroundings.Transport.TCP);
        at.sayWhetherCut(making, "listen port");
    }

    private static void connect(Making making) throws Refused {
        HostPort to = HostPort.parse(making.value("connect"), making.surroundings());
        to.sayWhetherCut(making, "connect port");
        String why =
                making.surroundings().whyNotConnect(to.host(), to.usedPort()).orElse(null);
        if (why == null) {
            return;
        }
        if (why.equals("Network is unreachable")) {
            throw new Refused("can't connect socket: %s".formatted(why));
        }
        making.silent(
                "nobody listens at " + making.value("connect") + " (" + why
                        + "): the VM starts with the link dead, and QEMU does not try again",
                "start what listens there first (another QEMU: -netdev socket,listen=" + making.value("connect")
                        + "), or use -netdev stream with reconnect-ms=1000 (QEMU 9.2 and newer)");
    }

    private static String local(Making making) throws Refused {
        String local = making.value("localaddr");
        if (local == null) {
            return null;
        }
        int address = InternetText.ipv4(local)
                .orElseThrow(() -> new Refused("localaddr '%s' is not a valid IPv4 address".formatted(local)));
        return InternetText.ipv4(address);
    }

    private static void udp(Making making) throws Refused {
        if (!making.has("localaddr")) {
            throw new Refused("localaddr= is mandatory with udp=");
        }
        HostPort local = HostPort.parse(making.value("localaddr"), making.surroundings());
        HostPort remote = HostPort.parse(making.value("udp"), making.surroundings());
        local.bind(making, Surroundings.Transport.SHARED_UDP);
        local.sayWhetherCut(making, "localaddr port");
        remote.sayWhetherCut(making, "udp port");
    }
}
