package vmlan.program.vm;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import vmlan.program.files.Fields;
import vmlan.program.message.Failure;
import vmlan.program.serve.Networks;

/// Waits for a guest to show its address.
public final class AddressWait {
    public static final Duration LONGEST = Duration.ofSeconds(600);
    private static final Duration ANSWER = Duration.ofSeconds(15);
    /// Between two looks whether QEMU still runs.
    private static final Duration TURN = Duration.ofSeconds(2);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final Networks networks;
    private final VmStore store;
    private final Supplier<Neighbors> neighbors;
    private int turns;

    public AddressWait(Networks networks, VmStore store) {
        this(networks, store, Neighbors::now);
    }

    /// @param neighbors what the host knows at the moment
    AddressWait(Networks networks, VmStore store, Supplier<Neighbors> neighbors) {
        this.networks = networks;
        this.store = store;
        this.neighbors = neighbors;
    }

    /// @param network where it has them
    /// @param ipv4 null when the VM has none
    /// @param ipv6 those that others can use first
    public record Addresses(String network, String ipv4, List<String> ipv6) {}

    /// What is waited for.
    private enum Wanted {
        IPV4("IPv4 address"),
        IPV6("IPv6 address"),
        EITHER("address");

        private final String words;

        Wanted(String words) {
            this.words = words;
        }

        /// As the control API has it, which waits for one of the two at a time.
        ///
        /// @param turn of the looks
        String until(int turn) {
            return switch (this) {
                case IPV4 -> "ipv4";
                case IPV6 -> "ipv6";
                case EITHER -> turn % 2 == 0 ? "ipv4" : "ipv6";
            };
        }

        boolean isIn(Addresses addresses) {
            boolean ipv4 = addresses.ipv4() != null;
            boolean ipv6 = addresses.ipv6().stream().anyMatch(address -> !address.startsWith("fe80:"));
            return switch (this) {
                case IPV4 -> ipv4;
                case IPV6 -> ipv6;
                case EITHER -> ipv4 || ipv6;
            };
        }
    }

    /// Blocks until the VM has an address of the family, at most for the limit.
    ///
    /// @throws Failure when it has none by then, or QEMU ended
    public Addresses await(Vm vm, boolean ipv6, Duration limit) throws Failure {
        return await(vm, networks(vm), ipv6 ? Wanted.IPV6 : Wanted.IPV4, limit).getFirst();
    }

    /// The same for addresses that others can use, of whichever family comes first: all that the VM has then.
    ///
    /// @param network of ours, where they are looked for; null for a VM that is on none of ours
    List<Addresses> awaitAny(Vm vm, String network, Duration limit) throws Failure {
        return await(vm, network == null ? List.of() : List.of(network), Wanted.EITHER, limit);
    }

    private static List<String> networks(Vm vm) {
        return vm.nics().stream().map(Vm.VmNic::network).distinct().toList();
    }

    private List<Addresses> await(Vm vm, List<String> asked, Wanted wanted, Duration limit) throws Failure {
        if (vm.nics().isEmpty() && vm.vmnetNics().isEmpty()) {
            throw Failure.usage(
                    vm.name() + " is on none of our networks, so its address is not known here",
                    "look at its console: vmlan console " + vm.name());
        }
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            if (!vm.isAlive()) {
                throw ended(vm);
            }
            long left = Math.max(0, deadline - System.nanoTime());
            long turn = Math.min(TURN.toSeconds(), Duration.ofNanos(left).toSeconds() + (left > 0 ? 1 : 0));
            List<Addresses> found = look(vm, asked, wanted, Math.min(turn, TURN.toSeconds()));
            if (!found.isEmpty()) {
                return found;
            }
            if (System.nanoTime() - deadline >= 0) {
                throw none(vm, wanted, limit);
            }
            if (vm.nics().isEmpty() && left > 0) {
                // the system tells nobody when it learns one
                LockSupport.parkNanos(Math.min(left, LOOK_AGAIN.toNanos()));
            }
        }
    }

    private static Failure none(Vm vm, Wanted wanted, Duration limit) {
        if (vm.vmnetNics().isEmpty()) {
            return Failure.world(
                    vm.name() + " has no " + wanted.words + " after " + limit.toSeconds() + " s",
                    "see what it does: vmlan logs " + vm.name());
        }
        return Failure.world(
                "this host knows no " + wanted.words + " of " + vm.name() + " after " + limit.toSeconds() + " s",
                "it is on QEMU's own vmnet, where the host knows whom it gave a lease or has spoken to; look at its"
                        + " console: vmlan console " + vm.name());
    }

    /// Those of the first network that has any.
    private List<Addresses> look(Vm vm, List<String> asked, Wanted wanted, long seconds) throws Failure {
        // the answer has all addresses, whichever is waited for
        String until = wanted.until(turns++);
        for (String network : asked) {
            Fields answer = networks.reachable(network)
                    .send(
                            "GET",
                            "/v1/vms/" + vm.name() + "?until=" + until + "&wait=" + seconds,
                            Map.of(),
                            Duration.ofSeconds(seconds).plus(ANSWER));
            List<Addresses> found = answer.objects("networks").stream()
                    .map(nic -> new Addresses(network, nic.optionalText("ipv4").orElse(null), nic.texts("ipv6")))
                    .filter(wanted::isIn)
                    .toList();
            if (!found.isEmpty()) {
                return found;
            }
        }
        return vm.vmnetNics().isEmpty() ? List.of() : byTheHost(vm, wanted);
    }

    /// On QEMU's own vmnet, of which only the host's system knows.
    private List<Addresses> byTheHost(Vm vm, Wanted wanted) {
        Neighbors known = neighbors.get();
        return vm.vmnetNics().stream()
                .map(nic -> new Addresses(nic.network(), known.ipv4(nic).orElse(null), known.ipv6(nic.mac())))
                .filter(wanted::isIn)
                .toList();
    }

    private Failure ended(Vm vm) throws Failure {
        VmStatus status = VmStatus.of(vm, store);
        return Failure.world(
                vm.name() + " does not run" + (status.lastWords().isEmpty() ? "" : ": " + status.lastWords()),
                "start it: " + vm.startLine());
    }
}
