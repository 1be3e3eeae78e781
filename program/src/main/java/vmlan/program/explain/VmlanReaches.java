package vmlan.program.explain;

import static vmlan.program.explain.Relation.GUEST_TO_GUESTS;
import static vmlan.program.explain.Relation.GUEST_TO_HOST;
import static vmlan.program.explain.Relation.HOST_TO_GUEST;
import static vmlan.program.explain.Relation.LAN_TO_GUEST;

import java.util.Optional;

/// Who reaches whom when `vmlan qemu` makes a network of its own of a backend.
final class VmlanReaches {
    private VmlanReaches() {}

    /// @param sudo whether it is started by sudo
    /// @return empty where `vmlan qemu` leaves the backend to QEMU
    static Optional<Reaches> of(BackendFacts backend, HostSystem system, boolean sudo, boolean qemuHasIt) {
        return switch (backend.type()) {
            case "vmnet-shared" ->
                system == HostSystem.MACOS && sudo ? Optional.empty() : Optional.of(shared(backend, sudo));
            case "vmnet-host" -> system == HostSystem.MACOS ? Optional.empty() : Optional.of(host(backend));
            case "vmnet-bridged" -> system == HostSystem.MACOS ? Optional.empty() : Optional.of(bridged(backend));
            case "passt" -> qemuHasIt ? Optional.empty() : Optional.of(passt(backend, sudo));
            default -> Optional.empty();
        };
    }

    private static Answer guests(BackendFacts backend) {
        return backend.isOn("isolated") ? Answer.no("isolated=on keeps guests from each other") : Answer.YES;
    }

    private static Reaches shared(BackendFacts backend, boolean sudo) {
        return Reaches.all(Answer.yes("TCP, UDP, and ping where the host lets its users ping"))
                .but(GUEST_TO_HOST, Answer.yes("ports of the host's loopback only as --allow-host opens them"))
                .but(
                        HOST_TO_GUEST,
                        sudo ? Answer.YES : Answer.published("directly, too, where sudo started the network"))
                .but(LAN_TO_GUEST, Answer.published("see: vmlan publish"))
                .but(GUEST_TO_GUESTS, guests(backend));
    }

    private static Reaches host(BackendFacts backend) {
        if (backend.isGroup()) {
            return Reaches.all(Answer.NO)
                    .but(GUEST_TO_GUESTS, Answer.yes("those with the same net-uuid; addresses are set by hand"));
        }
        return Reaches.all(Answer.NO)
                .but(GUEST_TO_HOST, Answer.YES)
                .but(HOST_TO_GUEST, Answer.YES)
                .but(GUEST_TO_GUESTS, guests(backend));
    }

    private static Reaches bridged(BackendFacts backend) {
        return Reaches.all(Answer.YES).but(GUEST_TO_GUESTS, guests(backend));
    }

    /// A shared network, or with addresses of its own one for this NIC alone.
    private static Reaches passt(BackendFacts backend, boolean sudo) {
        Answer in = backend.hasPasstPorts() ? Answer.PUBLISHED : Answer.published("see: vmlan publish");
        return shared(backend, sudo)
                .but(HOST_TO_GUEST, in)
                .but(LAN_TO_GUEST, in)
                .but(
                        GUEST_TO_GUESTS,
                        backend.isAddressed()
                                ? Answer.no("with addresses of its own it is alone on its network")
                                : Answer.yes("those on vmlan's shared network"));
    }
}
