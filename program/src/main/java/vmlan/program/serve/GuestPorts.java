package vmlan.program.serve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import vmlan.program.publish.PublishRule;
import vmlan.qemu.ProcessMark;

/// The NICs of VMs on one network: who may have which port, and what is on disk of them while their VMs run.
/// Everything here happens on the loop's thread.
final class GuestPorts {
    /// Ports of one network; each costs a descriptor or two of the 20,000 that a process may have at least.
    private static final int MOST_PORTS = 1024;

    private final GuestPort.Owner owner;
    private final NetworkState state;
    private final Reattachment reattachment;
    private final GuestLinks links;
    private final NetworkLog log;
    private final Map<String, GuestPort> ports = new LinkedHashMap<>();
    /// Known ports that could not be taken back now; kept on disk while their VM runs.
    private final List<PortRecord> lost = new ArrayList<>();
    private List<NetworkService> services = List.of();

    GuestPorts(GuestPort.Owner owner, NetworkState state, Reattachment reattachment, GuestLinks links) {
        this.owner = owner;
        this.state = state;
        this.reattachment = reattachment;
        this.links = links;
        this.log = owner.log();
    }

    /// In the order in which they came; the collection follows what comes and goes.
    Collection<GuestPort> all() {
        return Collections.unmodifiableCollection(ports.values());
    }

    /// Null when there is none.
    GuestPort of(String id) {
        return ports.get(id);
    }

    /// Takes the ports of running VMs back.
    ///
    /// @param newServices of the network, which are told of ports from now on
    /// @param subnet null where addresses come from elsewhere
    /// @return whether there were any
    boolean restore(List<NetworkService> newServices, Subnet subnet) throws IOException {
        services = newServices;
        List<PortRecord> known = new ArrayList<>(state.knownPorts(log).stream()
                .map(record -> fitting(record, subnet))
                .toList());
        // Those that asked for an address first: the others take what is free.
        known.sort(Comparator.comparing((PortRecord record) -> record.address() == null)
                .thenComparing(PortRecord::id));
        for (PortRecord record : known) {
            try {
                // The clock may have been set back since; nothing was seen in the future.
                open(record.since(Math.min(record.sinceNanos(), owner.loop().now())), true);
            } catch (IOException | RuntimeException e) {
                log.accept(record.id() + ": cannot be taken back: " + e.getMessage());
                lost.add(record);
            }
        }
        if (!ports.isEmpty()) {
            log.accept("took back " + ports.size() + " ports");
        }
        return !ports.isEmpty();
    }

    /// The network may have another subnet than when the VM was started.
    private PortRecord fitting(PortRecord record, Subnet subnet) {
        if (record.address() == null || subnet == null || subnet.ipv4().contains(record.address())) {
            return record;
        }
        log.accept(record.id() + ": its address " + record.address() + " is not of " + subnet.ipv4()
                + ", so it gets another one");
        return record.withoutAddress();
    }

    /// Takes away what VMs that are no more have left, before [#register] makes the port. In a round of its own:
    /// sockets that were closed are gone with the next.
    ///
    /// @throws IllegalStateException with the reason when the port cannot be had
    void makeWay(PortRecord record) {
        for (GuestPort other : List.copyOf(ports.values())) {
            boolean same = other.record().id().equals(record.id());
            boolean sameMac = other.record().mac().equals(record.mac());
            // What it has published, and its address, may be what the new one wants.
            boolean over = (same || sameMac || !other.isAttached()) && other.isOver();
            // Of a start that was cut short.
            boolean neverRan =
                    other.record().pid() == 0 && (same || (sameMac && other.vm().equals(record.vm())));
            if (over || neverRan) {
                log.accept(other.record().id() + ": makes way for " + record.vm());
                close(other);
            } else if (same) {
                throw new IllegalStateException("the port " + record.id() + " is in use by a running VM");
            } else if (sameMac) {
                throw new IllegalStateException(
                        "the MAC address " + record.mac() + " belongs to " + other.vm() + ", which is running");
            }
        }
    }

    /// Makes the port of a VM that is about to start.
    ///
    /// @throws IllegalStateException with the reason when the port cannot be had
    GuestPort register(PortRecord record) throws IOException {
        makeWay(record);
        services.forEach(service -> service.check(record));
        if (ports.size() >= MOST_PORTS) {
            throw new IllegalStateException("the network has " + MOST_PORTS + " ports, which is the most");
        }
        GuestPort port = open(record.since(owner.loop().now()), false);
        log.accept(record.id() + ": registered for " + record.vm() + ", " + record.mac());
        save();
        return port;
    }

    private GuestPort open(PortRecord record, boolean restored) throws IOException {
        services.forEach(service -> service.welcome(record));
        GuestPort port = new GuestPort(owner, record, restored);
        // Nobody else can send as this VM; what comes for it goes to its port and no other.
        if (!owner.network().pin(port.port(), record.mac(), owner.loop().now())) {
            log.accept(record.id() + ": its MAC address cannot be kept for it: the table is full");
        }
        ports.put(record.id(), port);
        try {
            for (NetworkService service : services) {
                service.opened(port, restored);
            }
        } catch (IOException | RuntimeException e) {
            close(port);
            throw e;
        }
        return port;
    }

    void process(GuestPort port, long pid, long startMillis) {
        port.process(pid, startMillis);
        save();
    }

    void ended(GuestPort port, String why) {
        if (ports.get(port.record().id()) == port) {
            log.accept(port.record().id() + ": " + why);
            close(port);
            save();
        }
    }

    private void close(GuestPort port) {
        ports.remove(port.record().id());
        port.port().fault().ifPresent(fault -> log.failure(port.record().id() + ": internal error", fault));
        reattachment.forget(port.record());
        services.forEach(service -> service.dismiss(port, owner.loop().now()));
        owner.leaving(port.port());
        links.forget(port.record());
        port.close();
    }

    void published(GuestPort port, List<PublishRule> rules) {
        port.published(rules);
        save();
    }

    private void save() {
        List<PortRecord> records =
                new ArrayList<>(ports.values().stream().map(GuestPort::record).toList());
        lost.removeIf(record -> ports.containsKey(record.id()) || !ProcessMark.isAlive(record.pid(), record.pidMark()));
        records.addAll(lost);
        state.savePorts(records);
    }
}
