package vmlan.program.demo;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.qemu.tool.Tool;

/// The LAN of [the package][vmlan.program.demo], without the router's services. It is there from [#build] to
/// [#close], or to the end of this process however it comes.
///
/// As root the namespaces belong to the system's user namespace, so that eBPF works in them; otherwise they
/// lie in one of their own, in which this user is root.
public final class DemoLan implements AutoCloseable {
    /// IPv4 and IPv6 from the first moment on: duplicate address detection would take seconds, and nobody else is
    /// here. Machines with static addresses take none from advertisements.
    private static final String STATION = """
            echo 0 >/proc/sys/net/ipv6/conf/%1$s/accept_dad
            echo 0 >/proc/sys/net/ipv6/conf/%1$s/accept_ra
            ip link set lo up
            ip address add %2$s dev %1$s
            ip -6 address add %3$s dev %1$s nodad
            ip link set %1$s up
            """;

    private static final String DEFAULT_ROUTES = """
            ip route add default via %s
            ip -6 route add default via %s
            """;

    private final Map<Place, Namespace> places = new EnumMap<>(Place.class);
    private final List<Station> stations = new ArrayList<>();
    private final Path folder;
    private boolean closed;

    private DemoLan(Path folder) {
        this.folder = folder;
    }

    /// @param wifi whether the host is joined as by Wi-Fi: only frames with its own MAC as source pass
    /// @throws Failure with what is missing, or what this system forbids
    public static DemoLan build(boolean wifi) throws Failure {
        LanPrograms programs = LanPrograms.find();
        DemoLan lan = new DemoLan(newFolder());
        try {
            lan.open(programs);
            lan.join();
            lan.number();
            if (wifi) {
                lan.lock();
            }
            return lan;
        } catch (Failure e) {
            lan.close();
            throw e;
        }
    }

    private static Path newFolder() throws Failure {
        try {
            return Files.createTempDirectory("vmlan-demo-");
        } catch (IOException e) {
            throw Failure.world("no temporary folder can be made: " + Places.reason(e), "set TMPDIR to another one", e);
        }
    }

    private void open(LanPrograms programs) throws Failure {
        Namespace first = first(programs);
        places.put(Place.LAN, first);
        for (Place place : Place.values()) {
            if (place != Place.LAN) {
                places.put(place, first.sibling(place.toString(), place == Place.HOST ? folder : null));
            }
        }
    }

    private static Namespace first(LanPrograms programs) throws Failure {
        if (!isRoot()) {
            return Namespace.first(Place.LAN.toString(), programs, true);
        }
        try {
            return Namespace.first(Place.LAN.toString(), programs, false);
        } catch (Failure e) {
            // root in a container, without the right to make namespaces of the system's own
            return Namespace.first(Place.LAN.toString(), programs, true);
        }
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private long pid(Place place) {
        return places.get(place).pid();
    }

    /// The cables. A bridge's ports are named after who is behind them.
    private void join() throws Failure {
        places.get(Place.LAN).script("""
                        echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
                        ip link add br0 type bridge stp_state 0 mcast_snooping 0
                        ip link add router type veth peer name r0 address %s netns %d
                        ip link add other type veth peer name o0 address %s netns %d
                        ip link add host type veth peer name en0 address %s netns %d
                        for port in router other host; do
                            ip link set $port master br0
                            ip link set $port up
                        done
                        ip link set br0 up
                        """.formatted(
                        AddressPlan.ROUTER_MAC,
                        pid(Place.ROUTER),
                        AddressPlan.OTHER_MAC,
                        pid(Place.OTHER),
                        AddressPlan.HOST_MAC,
                        pid(Place.HOST)));
        places.get(Place.ROUTER).script("ip link add w0 type veth peer name x0 netns " + pid(Place.OUTSIDE));
    }

    private void number() throws Failure {
        String routes = DEFAULT_ROUTES.formatted(AddressPlan.ROUTER4, AddressPlan.ROUTER6);
        places.get(Place.ROUTER)
                .script("echo 1 >/proc/sys/net/ipv4/ip_forward\n"
                        + "echo 1 >/proc/sys/net/ipv6/conf/all/forwarding\n"
                        + STATION.formatted("r0", AddressPlan.ROUTER4 + "/24", AddressPlan.ROUTER6 + "/64")
                        + STATION.formatted("w0", "198.51.100.2/24", "2001:db8:ff::2/64"));
        places.get(Place.OUTSIDE)
                .script(STATION.formatted("x0", AddressPlan.OUTSIDE4 + "/24", AddressPlan.OUTSIDE6 + "/64")
                        + DEFAULT_ROUTES.formatted("198.51.100.2", "2001:db8:ff::2"));
        places.get(Place.OTHER)
                .script(STATION.formatted("o0", AddressPlan.OTHER4 + "/24", AddressPlan.OTHER6 + "/64") + routes);
        places.get(Place.HOST)
                .script(STATION.formatted("en0", AddressPlan.HOST4 + "/24", AddressPlan.HOST6 + "/64") + routes);
    }

    /// As an access point does (IEEE 802.11 §9.3.2.1: a station sends with its own address as transmitter and
    /// source). A locked port takes frames only from sources that the bridge's table has there (Linux 5.16,
    /// net/bridge/br_input.c); before that, nftables does the same.
    private void lock() throws Failure {
        Namespace lan = places.get(Place.LAN);
        Tool locked = lan.tryScript("""
                bridge link set dev host locked on learning off
                bridge fdb replace %s dev host master static
                bridge -d link show dev host | grep -q 'locked on'
                """.formatted(AddressPlan.HOST_MAC));
        if (locked.succeeded()) {
            return;
        }
        Tool filtered = lan.tryScript("""
                nft add table bridge w
                nft add chain bridge w p '{ type filter hook prerouting priority 0; }'
                nft add rule bridge w p iifname host ether saddr != %s drop
                """.formatted(AddressPlan.HOST_MAC));
        if (!filtered.succeeded()) {
            throw Failure.world(
                    "Wi-Fi cannot be imitated here: " + locked.lastLine() + "; " + filtered.lastLine(),
                    "it takes Linux 5.16 and an iproute2 as new, or nftables; or leave --wifi out");
        }
    }

    /// The words in front of a command that is to run at that place, with this process's user, working directory
    /// and environment.
    public List<String> prefix(Place place) {
        return places.get(place).prefix();
    }

    /// Starts a program there that Ctrl-C does not end, but [#close] does. Its errors go nowhere.
    public Process start(Place place, List<String> command, Redirect output) throws IOException {
        return places.get(place).start(command, output);
    }

    /// A peer for proofs at that place; one that fetches, serves and pings.
    public synchronized Station station(Place place) throws Failure {
        for (Station station : stations) {
            if (station.place() == place) {
                return station;
            }
        }
        Station station = Station.start(this, place);
        stations.add(station);
        return station;
    }

    /// A folder for the files of what runs in the LAN, such as `VMLAN_HOME`. It is removed at the end, after every
    /// process at [Place#HOST] is gone.
    public Path folder() {
        return folder;
    }

    /// Ends every process in the LAN, the LAN, and its folder. VMs are better stopped before.
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        stations.forEach(Station::close);
        places.values().forEach(Namespace::end);
        places.values().forEach(Namespace::close);
        removeFolder();
    }

    /// The host's keeper has done it, if the LAN came so far.
    private void removeFolder() {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // it lies in the system's temporary folder, which is emptied at times
        }
    }
}
