package vmlan.qemu.language.reading;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import vmlan.qemu.language.CNumber;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.Finding;
import vmlan.qemu.language.NetworkOption;
import vmlan.qemu.language.OptsSyntax;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.Settings;
import vmlan.qemu.language.Surroundings;
import vmlan.qemu.language.backend.BackendChecks;
import vmlan.qemu.language.backend.Moment;
import vmlan.qemu.language.backend.Taken;

/// QEMU's second stage: the backends are made, those of stream, dgram and JSON first, then the other netdevs, then
/// `-nic`, then `-net` (QEMU net/net.c, net_init_clients).
final class CreationStage {
    /// MAX_NICS of QEMU include/net/net.h.
    private static final int MOST_NICS = 8;
    /// include/net/net.h, MAX_QUEUE_NUM.
    private static final int MOST_QUEUES = 1024;

    /// A NIC that the machine is asked to make.
    ///
    /// @param name null: `-nic` gives none
    /// @param model null: the machine chooses
    /// @param devaddr null: anywhere
    /// @param peer null: the backend failed
    record WantedNic(TypedOption option, String name, String model, String devaddr, Clients.Client peer) {}

    private final Dialect dialect;
    private final Report report;
    private final ArgumentStage arguments;
    private final List<NetworkOption> made = new ArrayList<>();
    private final Moment moment;
    private int names;

    final Clients clients = new Clients();
    final MacFindings macs;
    final List<WantedNic> wanted = new ArrayList<>();
    /// Whether somebody asks for the NIC models, which 10.0 prints in the end.
    boolean modelHelp;

    CreationStage(QemuLine line, Dialect dialect, Surroundings surroundings, Report report, ArgumentStage arguments) {
        this.dialect = dialect;
        this.report = report;
        this.arguments = arguments;
        macs = new MacFindings(report);
        moment = new Moment(line, made, new Taken(), dialect, surroundings);
    }

    void make() {
        for (TypedOption netdev : arguments.modern) {
            make(netdev, netdev.option().type(), netdev.id(), true);
        }
        for (TypedOption netdev : arguments.netdevs) {
            if (netdev.value("type") != null && OptsSyntax.isHelp(netdev.value("type"))) {
                report.end();
            }
            if (visit(netdev, netdev.id(), List.of())) {
                make(netdev, netdev.option().type(), netdev.id(), true);
            } else {
                arguments.refused.add(netdev.id());
            }
        }
        arguments.nics.forEach(this::nic);
        arguments.nets.forEach(this::net);
    }

    /// @param without keys that are taken out before
    private boolean visit(TypedOption typed, String id, List<String> without) {
        List<Settings.Entry> entries = new ArrayList<>(typed.settings().entries());
        entries.removeIf(entry -> without.contains(entry.key()));
        if (typed.option().kind() == NetworkOption.Kind.NIC && typed.value("type") == null) {
            entries.add(new Settings.Entry("type", "user", true));
        }
        Optional<String> wrong = ipv6Net(entries).or(() -> OptsVisit.visit(entries, id, dialect));
        wrong.ifPresent(text -> report.error(text, typed.at()));
        return wrong.isEmpty();
    }

    /// `ipv6-net` is taken apart before anything else.
    private Optional<String> ipv6Net(List<Settings.Entry> entries) {
        Settings.Entry net = entries.stream()
                .filter(entry -> entry.key().equals("ipv6-net"))
                .reduce((first, second) -> second)
                .orElse(null);
        if (net == null) {
            return Optional.empty();
        }
        int slash = net.value().indexOf('/');
        String length = slash < 0 ? "64" : net.value().substring(slash + 1);
        if (CNumber.parse(length, 10)
                .filter(number -> number.isWhole() && !number.overflows())
                .isEmpty()) {
            return Optional.of(
                    dialect.isAtLeast(10, 0)
                            ? "parameter 'ipv6-net' expects a number after '/'"
                            : "Parameter 'ipv6-prefixlen' expects a number");
        }
        String prefix = slash < 0 ? net.value() : net.value().substring(0, slash);
        entries.add(new Settings.Entry("ipv6-prefix", prefix, false));
        entries.add(new Settings.Entry("ipv6-prefixlen", length, false));
        // Of several the last one is meant, and only that is taken out.
        entries.remove(entries.lastIndexOf(net));
        return Optional.empty();
    }

    /// @param netdev else it is plugged into hub 0, as `-net` does
    private boolean make(TypedOption typed, String type, String id, boolean netdev) {
        boolean ok = notCompiled(type, netdev)
                .map(text -> {
                    report.error(text, typed.at());
                    return false;
                })
                .orElse(true);
        Clients.Client port = ok && !netdev ? clients.addPort(0, null, null) : null;
        if (ok && !clients.netdevs(id).isEmpty()) {
            report.error("Duplicate ID '" + id + "'", typed.at());
            ok = false;
        }
        if (ok) {
            List<Finding> findings = BackendChecks.of(type).check(typed.option(), moment);
            report.add(findings);
            ok = findings.stream().noneMatch(finding -> finding.severity() == Finding.Severity.ERROR);
        }
        if (!ok) {
            arguments.refused.add(id);
            if (!netdev) {
                standIn(port, false);
            }
            return false;
        }
        made.add(typed.option());
        add(typed, type, id, port);
        return true;
    }

    /// Once a `-net` that was refused is mended, the hub will have it: nothing is said of its not being there.
    ///
    /// @param port null: it has none yet
    private void standIn(Clients.Client port, boolean nic) {
        Clients.Client plugged = port == null ? clients.addPort(0, null, null) : port;
        clients.add(null, nic ? "nic" : "user", nic, plugged);
    }

    private Optional<String> notCompiled(String type, boolean netdev) {
        if (!netdev && type.equals("hubport")) {
            return Optional.of("network backend 'hubport' is only supported with -netdev/-nic");
        }
        boolean special = type.equals("nic") || type.equals("none");
        boolean unknown = !dialect.backends().isEmpty() && !dialect.backends().contains(type);
        boolean missing = special ? netdev : unknown;
        return missing
                ? Optional.of("network backend '" + type + "' is not compiled into this binary")
                : Optional.empty();
    }

    private void add(TypedOption typed, String type, String id, Clients.Client port) {
        if (type.equals("hubport")) {
            String netdev = typed.value("netdev");
            Clients.Client peer = netdev == null
                    ? null
                    : clients.netdevs(netdev).stream().findFirst().orElse(null);
            int hub = Scalars.signed(typed.option().settings().value("hubid").orElse("0"))
                    .map(Number::intValue)
                    .orElse(0);
            clients.addPort(hub, id, peer);
            return;
        }
        clients.add(id, type, false, port);
        for (int queue = 1; queue < queues(typed, type); queue++) {
            clients.add(id, type, false, null);
        }
    }

    private static int queues(TypedOption typed, String type) {
        if (!List.of("tap", "vhost-user", "vhost-vdpa", "af-xdp").contains(type)) {
            return 1;
        }
        int queues = typed.settings()
                .value("fds")
                .map(fds -> fds.split(":").length)
                .orElseGet(() -> typed.settings()
                        .value("queues")
                        .flatMap(Scalars::unsigned)
                        .map(Number::intValue)
                        .orElse(1));
        return Math.min(queues, MOST_QUEUES);
    }

    private String generatedId() {
        names++;
        return "#net" + (names - 1);
    }

    private void nic(TypedOption typed) {
        String type = typed.value("type");
        if ("none".equals(type)) {
            return;
        }
        if (type != null && OptsSyntax.isHelp(type) && dialect.isAtLeast(10, 0)) {
            report.end();
            return;
        }
        if (wanted.size() >= MOST_NICS) {
            report.error("no more on-board/default NIC slots available", typed.at());
            return;
        }
        String model = typed.value("model");
        if (model != null && OptsSyntax.isHelp(model) && dialect.isAtLeast(10, 0)) {
            modelHelp = true;
            return;
        }
        String id = typed.id() == null ? generatedId() : typed.id();
        if (macs.ofNic(typed, typed.value("mac"), "NIC cannot have multicast MAC address")
                && visit(typed, id, List.of("model", "mac"))
                && make(typed, typed.option().type(), id, true)) {
            Clients.Client peer = clients.netdevs(id).getFirst();
            wanted.add(new WantedNic(typed, null, model, null, peer));
        }
    }

    private void net(TypedOption typed) {
        String model = typed.value("model");
        if (model != null && OptsSyntax.isHelp(model) && dialect.isAtLeast(10, 0)) {
            modelHelp = true;
            return;
        }
        String id = typed.id() == null ? generatedId() : typed.id();
        if (!visit(typed, id, List.of())) {
            if (!typed.settings().has("netdev") && !typed.option().type().equals("none")) {
                standIn(null, typed.option().type().equals("nic"));
            }
            return;
        }
        switch (typed.option().type()) {
            case "none" -> {}
            case "nic" -> {
                Clients.Client port = typed.value("netdev") == null ? clients.addPort(0, null, null) : null;
                if (!netNic(typed, id, port) && port != null) {
                    standIn(port, true);
                }
            }
            default -> make(typed, typed.option().type(), id, false);
        }
    }

    /// @param port its own of the hub; null: it has a netdev
    /// @return whether QEMU goes on
    private boolean netNic(TypedOption typed, String id, Clients.Client port) {
        String netdev = typed.value("netdev");
        Clients.Client peer = port;
        if (!clients.netdevs(id).isEmpty()) {
            report.error("Duplicate ID '" + id + "'", typed.at());
            return false;
        }
        if (wanted.size() >= MOST_NICS) {
            report.error("too many NICs", typed.at());
            return false;
        }
        if (netdev != null) {
            peer = clients.netdevs(netdev).stream().findFirst().orElse(null);
            if (peer == null) {
                if (!arguments.refused.contains(netdev)) {
                    report.error("netdev '" + netdev + "' not found", typed.at());
                }
                return false;
            }
        }
        if (!macs.ofNic(typed, typed.value("macaddr"), "NIC cannot have multicast MAC address (odd 1st byte)")) {
            return false;
        }
        String vectors = typed.value("vectors");
        // Seven f in QEMU's source: 27 bits.
        if (vectors != null && Scalars.unsigned(vectors).orElseThrow().longValue() > 0x7ffffff) {
            report.error("invalid # of vectors: " + Scalars.unsigned(vectors).orElseThrow(), typed.at());
            return false;
        }
        wanted.add(new WantedNic(typed, id, typed.value("model"), typed.value("addr"), peer));
        return true;
    }
}
