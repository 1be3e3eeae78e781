package vmlan.program.explain;

import static vmlan.program.explain.Relation.GUEST_TO_GUESTS;
import static vmlan.program.explain.Relation.GUEST_TO_HOST;
import static vmlan.program.explain.Relation.GUEST_TO_LAN;
import static vmlan.program.explain.Relation.HOST_TO_GUEST;
import static vmlan.program.explain.Relation.LAN_TO_GUEST;

/// Who reaches whom by a backend of QEMU's own.
final class QemuReaches {
    private static final String ISOLATED = "isolated=on keeps guests from each other";

    private QemuReaches() {}

    static Reaches of(BackendFacts backend) {
        return switch (backend.type()) {
            case "", "none", "nic" -> Reaches.all(Answer.no("nothing is behind this NIC"));
            case "user" -> user(backend);
            case "vmnet-shared" ->
                Reaches.all(Answer.YES).but(LAN_TO_GUEST, Answer.NO).but(GUEST_TO_GUESTS, guests(backend));
            case "vmnet-host" -> vmnetHost(backend);
            case "vmnet-bridged" -> Reaches.all(Answer.YES).but(GUEST_TO_GUESTS, guests(backend));
            case "passt" -> passt(backend);
            case "tap" -> Reaches.all(Answer.depends(tap(backend)));
            case "bridge" ->
                Reaches.all(Answer.depends("on what else is in the bridge " + bridge(backend)
                        + ": the host where the bridge has an address, the LAN where it has one of the host's NICs"));
            case "socket" -> socket(backend);
            case "dgram" -> backend.has("remote.host") && !backend.has("local.port") ? group() : peer("the other end");
            case "stream" -> peer("the program at the other end of the socket");
            case "vde" -> peer("what else is on that switch");
            case "vhost-user" -> peer("the program at the other end of the chardev");
            case "l2tpv3" -> peer("the machine at the other end of the tunnel");
            case "hubport" -> peer("what else is on that hub");
            case "vhost-vdpa" -> peer("what the hardware is joined to");
            case "netmap", "af-xdp" ->
                Reaches.all(Answer.depends("on the LAN of that NIC"))
                        .but(GUEST_TO_HOST, Answer.no("frames go past the host's own stack"))
                        .but(HOST_TO_GUEST, Answer.no("frames go past the host's own stack"))
                        .but(GUEST_TO_LAN, Answer.YES)
                        .but(LAN_TO_GUEST, Answer.YES);
            default -> Reaches.all(Answer.NEVER);
        };
    }

    private static String bridge(BackendFacts backend) {
        return backend.value("br").orElse("br0");
    }

    private static String tap(BackendFacts backend) {
        return backend.has("helper") || backend.has("br")
                ? "on what else is in the bridge " + bridge(backend)
                : "on what the host joins the tap to: addresses of its own, a bridge, routes";
    }

    private static Answer guests(BackendFacts backend) {
        return backend.isOn("isolated") ? Answer.no(ISOLATED) : Answer.YES;
    }

    private static Reaches user(BackendFacts backend) {
        boolean published = !backend.forwards().isEmpty();
        Answer in = published ? Answer.PUBLISHED : Answer.no("a hostfwd= would publish a port");
        Answer fromLan = backend.isForwardedForOthers() ? Answer.PUBLISHED : Answer.NO;
        if (backend.isOn("restrict")) {
            return Reaches.all(Answer.no("restrict=on"))
                    .but(HOST_TO_GUEST, in)
                    .but(LAN_TO_GUEST, fromLan)
                    .but(GUEST_TO_GUESTS, Answer.NO);
        }
        String out = "TCP and UDP, and ping where the host lets its users ping";
        return Reaches.all(Answer.yes(out))
                .but(GUEST_TO_HOST, Answer.yes("at the gateway's address, which is the host's loopback, too"))
                .but(HOST_TO_GUEST, in)
                .but(LAN_TO_GUEST, fromLan)
                .but(GUEST_TO_GUESTS, Answer.no("each guest has a network of its own"));
    }

    private static Reaches vmnetHost(BackendFacts backend) {
        if (backend.isGroup()) {
            return Reaches.all(Answer.NO)
                    .but(
                            GUEST_TO_GUESTS,
                            backend.isOn("isolated")
                                    ? Answer.no(ISOLATED)
                                    : Answer.yes("those with the same net-uuid; addresses are set by hand"));
        }
        return Reaches.all(Answer.NO)
                .but(GUEST_TO_HOST, Answer.YES)
                .but(HOST_TO_GUEST, Answer.YES)
                .but(GUEST_TO_GUESTS, guests(backend));
    }

    private static Reaches passt(BackendFacts backend) {
        Answer in =
                backend.hasPasstPorts() ? Answer.PUBLISHED : Answer.no("tcp-ports= or udp-ports= would publish some");
        return Reaches.all(Answer.yes("TCP, UDP and ping"))
                .but(GUEST_TO_HOST, Answer.yes("at the gateway's address, which is the host's loopback, too"))
                .but(HOST_TO_GUEST, in)
                .but(LAN_TO_GUEST, in.word() == Answer.Word.PUBLISHED ? in : Answer.NO)
                .but(GUEST_TO_GUESTS, Answer.no("each guest has a network of its own"));
    }

    private static Reaches socket(BackendFacts backend) {
        return backend.has("mcast") ? group() : peer("the other end of the socket");
    }

    private static Reaches group() {
        return Reaches.all(Answer.NO)
                .but(
                        GUEST_TO_GUESTS,
                        Answer.yes("those of the same group and port, on all hosts of the LAN that the group reaches"));
    }

    private static Reaches peer(String what) {
        return Reaches.all(Answer.depends("on " + what));
    }
}
