package vmlan.program.serve;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import vmlan.host.linux.NicList;
import vmlan.host.linux.NicOpener;
import vmlan.host.linux.OpenedNic;
import vmlan.host.linux.Rights;
import vmlan.host.linux.Tap;
import vmlan.host.linux.TcFilter;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.Ipv6Prefix;
import vmlan.program.config.NetworkMode;
import vmlan.program.config.NetworkName;
import vmlan.program.config.UplinkChoice;
import vmlan.program.files.Fields;
import vmlan.program.files.FileLock;
import vmlan.program.files.Places;
import vmlan.program.files.StateFile;
import vmlan.program.message.Failure;

/// The short part of a network's life that has rights: opens what they are needed for, gives them up and becomes the
/// network's process. Reads no frame. setup/open-network.sh starts it, and again for [#undo].
public final class NetworkOpener {
    /// The process before, which is just ending.
    private static final Duration LOCK_LIMIT = Duration.ofSeconds(5);
    /// For a NIC that was replugged and is gone again.
    private static final Duration NIC_LIMIT = Duration.ofMinutes(10);

    private static final Duration NIC_LOOK = Duration.ofMillis(200);

    private final Places places;
    private NetworkName name;

    public NetworkOpener(Places places, NetworkName name) {
        this.places = places;
        this.name = name;
    }

    /// A file that is there while the host has something of this network that does not go with its process.
    static Path undoFile(Places places, String name) {
        return places.stateIfAny("networks", name, "undo.json");
    }

    /// Does not return but by an exception.
    ///
    /// @param choice what its uplink shall have
    /// @param again whether a NIC was replugged: then one that is gone once more is waited for
    public void open(UplinkChoice choice, boolean again) throws Failure {
        refuseWhereServed();
        undo();
        try {
            if (again) {
                awaitNic();
            }
            NetworkSettings settings = new SettingsChoice(
                            places, name.text(), line -> System.err.println("vmlan: " + line))
                    .make(choice, new SecureRandom());
            // networks.yaml may name another NIC, or another mode, than when the network ran before
            name = settings.networkName();
            OpenedNic nic = name.mode().hasUplink() ? openNic(settings) : null;
            Tap tap = name.mode().hasTap() ? openTap(settings) : null;
            become(new Devices(nic, tap, null));
        } catch (IOException e) {
            throw Failure.world(
                    "the network " + name.text() + " cannot be opened: " + Places.reason(e),
                    "see docs/platforms.md for what it needs of the system",
                    e);
        }
    }

    /// An earlier process of the network is gone, or about to be; one that lives on keeps what it has.
    private void refuseWhereServed() throws Failure {
        if (isServed()) {
            throw Failure.world(
                    "the network '" + name.text() + "' is served by another process already",
                    "stop that one first: vmlan network stop " + name.text());
        }
    }

    private boolean isServed() throws Failure {
        try {
            Optional<FileLock> lock =
                    FileLock.tryTake(places.state("networks", name.text()).resolve("lock"), LOCK_LIMIT);
            if (lock.isPresent()) {
                lock.get().close();
            }
            return lock.isEmpty();
        } catch (IOException e) {
            throw Failure.world("the network's lock cannot be taken: " + Places.reason(e), "check the state folder", e);
        }
    }

    /// A plug that is loose, or a driver that is loaded anew.
    private void awaitNic() throws Failure {
        long deadline = System.nanoTime() + NIC_LIMIT.toNanos();
        while (HostNics.bridgeable().stream().noneMatch(nic -> nic.name().equals(name.nic()))
                && deadline - System.nanoTime() > 0) {
            LockSupport.parkNanos(NIC_LOOK.toNanos());
        }
    }

    private OpenedNic openNic(NetworkSettings settings) throws IOException, Failure {
        HostNics.check(name);
        boolean isWifi = NicList.read().stream()
                .anyMatch(nic -> nic.name().equals(name.nic()) && nic.kind() == NicList.Kind.WIFI);
        boolean translated = switch (settings.translation()) {
            case ON -> true;
            case OFF -> false;
            case AUTO -> isWifi;
        };
        // Not 0, which is no mark; random, so that two networks' marks differ and nobody's rules know it.
        int mark = new SecureRandom().nextInt(1, Integer.MAX_VALUE);
        OpenedNic nic = NicOpener.open(name.nic(), mark, translated);
        if (!nic.filters().isEmpty()) {
            try {
                new StateFile(undoFile(places, name.text()))
                        .write(Map.of(
                                "where",
                                here(),
                                "filters",
                                nic.filters().stream().map(TcFilter::encode).toList()));
            } catch (IOException e) {
                NicOpener.remove(nic.filters());
                nic.close();
                throw e;
            }
        }
        return nic;
    }

    /// A `shared` network goes on without a tap where there is none to be had; `host` is nothing without.
    private Tap openTap(NetworkSettings settings) throws IOException, Failure {
        Subnet subnet = settings.subnet();
        try {
            refuseOverlap(settings);
            Tap tap = Tap.open(new Tap.Wish(
                    tapName(name),
                    subnet.gatewayMac().bits(),
                    settings.mtu(),
                    subnet.gateway(),
                    subnet.ipv4().length(),
                    subnet.gateway6(),
                    Ipv6Prefix.LENGTH));
            tap.problems().forEach(problem -> System.err.println("vmlan: " + tap.name() + ": " + problem));
            return tap;
        } catch (IOException e) {
            if (name.mode().needsRights()) {
                throw e;
            }
            System.err.println(
                    "vmlan: the host has no interface on the network " + name.text() + ": " + Places.reason(e));
            return null;
        }
    }

    /// An interface in a network that the host has a route to would take the host's own packets for it.
    private void refuseOverlap(NetworkSettings settings) throws IOException, Failure {
        List<Ipv4Prefix> routes = SettingsChoice.overlappingRoutes(settings);
        if (routes.isEmpty()) {
            return;
        }
        String why = settings.subnet().ipv4() + " overlaps " + routes.getFirst() + ", to which the host has a route";
        if (!name.mode().needsRights()) {
            throw new IOException(why);
        }
        throw Failure.world(
                "the network " + name.text() + " cannot be started: " + why,
                name.isDefined()
                        ? "choose other addresses in the command line"
                        : "choose another ipv4 in networks.yaml");
    }

    /// IFNAMSIZ leaves 15 letters (linux/if.h). Where two networks begin alike, the second tap is `vmlanN`.
    static String tapName(NetworkName name) {
        String text =
                "vmlan-" + (name.mode() == NetworkMode.ROUTER ? name.mode().key() : name.text());
        return text.substring(0, Math.min(text.length(), 15));
    }

    private void become(Devices devices) throws IOException, Failure {
        Map<String, String> environment = new TreeMap<>(System.getenv());
        environment.put(Devices.VARIABLE, devices.toJson());
        environment.put("VMLAN_NO_BUILD", "1");
        Rights.dropAndExec(
                Path.of("/bin/sh"),
                List.of("sh", Privileges.launcher(), "network", "serve", name.text()),
                environment,
                devices.descriptors());
    }

    /// Filters are known by numbers, which mean something else after a reboot and in another namespace.
    private static String here() throws IOException {
        return new String(
                                Files.newInputStream(Path.of("/proc/sys/kernel/random/boot_id"))
                                        .readAllBytes(),
                                US_ASCII)
                        .strip()
                + " " + Files.readSymbolicLink(Path.of("/proc/self/ns/net"));
    }

    /// Takes back what an earlier process of this network left in the kernel; nothing while it is served.
    public void close() throws Failure {
        if (!isServed()) {
            undo();
        }
    }

    private void undo() throws Failure {
        Path path = undoFile(places, name.text());
        StateFile file = new StateFile(path);
        try {
            Fields content = new Fields(file.read(line -> {}).orElse(Map.of()));
            boolean isOfHere = content.optionalText("where").orElse("").equals(here());
            List<String> filters = isOfHere ? content.texts("filters") : List.of();
            NicOpener.remove(filters.stream().map(TcFilter::parse).toList());
            Files.deleteIfExists(path);
        } catch (IOException | IllegalArgumentException e) {
            throw Failure.world(
                    "what an earlier process of " + name.text() + " left on the NIC cannot be taken back: "
                            + e.getMessage(),
                    "see: tc filter show dev " + name.nic() + " egress; then remove " + path,
                    e);
        }
    }
}
