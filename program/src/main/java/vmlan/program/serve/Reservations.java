package vmlan.program.serve;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import vmlan.network.dhcp.Leases;
import vmlan.packet.Ipv4Address;
import vmlan.packet.MacAddress;
import vmlan.program.config.NetworksFile;
import vmlan.program.config.Reservation;

/// Who of the guests here has which address for himself: each VM the one that it asked for or was given, for as long as
/// it runs; and the reservations of networks.yaml, also for guests that are not here. On the loop's thread.
final class Reservations {
    private final Leases leases;
    private final Consumer<String> log;
    private final List<PortRecord> here = new ArrayList<>();
    private List<Reservation> reservations = List.of();

    Reservations(Leases leases, Consumer<String> log) {
        this.leases = leases;
        this.log = log;
    }

    /// Those of networks.yaml, in place of the ones before.
    void set(List<Reservation> changed) {
        reservations = List.copyOf(changed);
        keep();
    }

    /// A VM's name stands for a MAC address as soon as it is here.
    private void keep() {
        Map<Ipv4Address, MacAddress> owners = new LinkedHashMap<>();
        for (Reservation reservation : reservations) {
            owners.put(reservation.address(), reservation.mac());
            here.stream()
                    .filter(record -> isFor(reservation, record))
                    .findFirst()
                    .ifPresent(record -> owners.put(reservation.address(), record.mac()));
        }
        leases.keep(owners);
    }

    private boolean isFor(Reservation reservation, PortRecord record) {
        boolean isFirst = here.stream()
                .filter(each -> each.vm().equals(record.vm()))
                .noneMatch(each -> number(each) < number(record));
        return reservation.isFor(record.vm(), record.mac(), isFirst);
    }

    /// A port's name is the VM's and the number of the NIC.
    private static int number(PortRecord record) {
        String number = record.id().substring(record.id().lastIndexOf('-') + 1);
        return number.matches("[0-9]{1,6}") ? Integer.parseInt(number) : Integer.MAX_VALUE;
    }

    private Optional<Reservation> of(PortRecord record) {
        return reservations.stream().filter(each -> isFor(each, record)).findFirst();
    }

    /// @throws IllegalStateException when a NIC asks for an address that it cannot have
    void check(PortRecord record) {
        if (record.address() == null) {
            return;
        }
        Optional<Reservation> own = of(record);
        if (own.isPresent() && !own.get().address().equals(record.address())) {
            throw new IllegalStateException(NetworksFile.NAME + " reserves "
                    + own.get().address() + " for " + own.get().who() + ", so it cannot have ip=" + record.address());
        }
        for (Reservation other : reservations) {
            if (other.address().equals(record.address())
                    && own.filter(other::equals).isEmpty()) {
                throw new IllegalStateException(NetworksFile.NAME + " reserves " + other.address() + " for "
                        + other.who() + ", so " + record.vm() + " cannot have it");
            }
        }
        if (own.isEmpty()) {
            leases.checkReservable(record.mac(), record.address());
        }
    }

    /// A NIC comes, or comes back from before a restart; then networks.yaml may say something else by now.
    void welcome(PortRecord record) {
        here.add(record);
        keep();
        Optional<Reservation> own = of(record);
        boolean asks = own.isEmpty() && record.address() != null;
        Optional<Ipv4Address> has;
        try {
            has = leases.reserve(record.mac(), asks ? record.address() : null, record.vm(), record.id());
        } catch (IllegalArgumentException e) {
            log.accept(record.id() + ": it gets another address: " + e.getMessage());
            has = leases.reserve(record.mac(), null, record.vm(), record.id());
        }
        if (has.isEmpty()) {
            log.accept(record.id() + ": no IPv4 address is free for it now");
        } else if (own.isPresent() && !own.get().address().equals(has.get())) {
            log.accept(
                    record.id() + ": has " + has.get() + " until " + own.get().address() + " is free");
        }
    }

    void dismiss(PortRecord record) {
        here.removeIf(each -> each.id().equals(record.id()));
        // Whoever has waited for its address is given it: first the owner is known anew, then the address is free.
        leases.unreserve(record.mac());
        keep();
    }

    /// Reservations whose address another VM has that runs; a line each.
    List<String> waiting() {
        List<String> waiting = new ArrayList<>();
        for (Reservation reservation : reservations) {
            for (PortRecord record : here) {
                boolean has = leases.reserved(record.mac())
                        .filter(reservation.address()::equals)
                        .isPresent();
                if (has && !isFor(reservation, record)) {
                    waiting.add(reservation.address() + " is reserved for " + reservation.who() + ", and " + record.vm()
                            + " has it until it is stopped");
                }
            }
        }
        return waiting;
    }
}
