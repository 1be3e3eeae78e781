package vmlan.program.command;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import vmlan.program.files.Fields;

/// What `network show` prints for people.
final class NetworkText {
    private final Fields network;

    /// @param network as the control API describes it
    NetworkText(Fields network) {
        this.network = network;
    }

    void print(PrintStream out) {
        facts().print(out);
        if (!network.object("settings").values().isEmpty()) {
            out.println();
            settings().print(out);
        }
        Fields configuration = network.object("configuration");
        notes(configuration).forEach(line -> out.println("! " + line));
        if (!network.objects("ports").isEmpty()) {
            out.println();
            ports().print(out);
        }
        if (!network.objects("published").isEmpty()) {
            out.println();
            published().print(out);
        }
    }

    /// What the network is told to be, and who says so.
    private Table settings() {
        Table table = new Table("SETTING", "VALUE", "FROM");
        Fields settings = network.object("settings");
        for (String name : settings.values().keySet()) {
            Fields setting = settings.object(name);
            table.row(name, text(setting.values().get("value")), setting.text("from"));
        }
        return table;
    }

    private static String text(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.isEmpty()
                    ? "-"
                    : map.entrySet().stream()
                            .map(entry -> entry.getKey() + "=" + text(entry.getValue()))
                            .collect(Collectors.joining(" "));
        }
        if (value instanceof List<?> list) {
            return list.isEmpty() ? "-" : list.stream().map(String::valueOf).collect(Collectors.joining(","));
        }
        return String.valueOf(value);
    }

    /// What of networks.yaml is not in force, and why.
    private List<String> notes(Fields configuration) {
        List<String> notes = new ArrayList<>();
        configuration
                .objects("problems")
                .forEach(problem -> notes.add("networks.yaml:" + problem.number("line") + ":" + problem.number("column")
                        + ": " + problem.text("what") + "; " + problem.text("do")));
        configuration
                .objects("pending")
                .forEach(pending -> notes.add("pending: " + pending.text("what") + "; " + pending.text("do")));
        notes.addAll(network.texts("waitingReservations"));
        return notes;
    }

    private Table facts() {
        Table facts = new Table("NETWORK", network.text("name"));
        facts.row("mode", network.text("mode"));
        facts.row("state", network.text("state"));
        facts.row("pid", network.optionalNumber("pid").map(String::valueOf).orElse("-"));
        facts.row("ipv4", Table.orDash(network.optionalText("ipv4").orElse(null)));
        facts.row("ipv6", Table.orDash(network.optionalText("ipv6").orElse(null)));
        facts.row("control", network.object("sockets").optionalText("control").orElse("-"));
        facts.row("stream", network.object("sockets").optionalText("stream").orElse("-"));
        outside(facts);
        host(facts);
        return facts;
    }

    /// What has changed around it, and what of that needs somebody.
    private void host(Table facts) {
        Fields changes = network.object("hostChanges");
        changes.optionalText("last")
                .ifPresent(last -> facts.row(
                        "host",
                        changes.optionalText("lastAt").orElse("-") + " " + last + " ("
                                + numbers(changes, "changes", "wakes", "flowsReset") + ")"));
        for (Fields warning : network.objects("warnings")) {
            facts.row("warning", warning.text("what") + "; " + warning.text("do"));
        }
    }

    /// What stands behind the gateway, and what of it was not done.
    private void outside(Table facts) {
        Fields nat = network.object("nat");
        Fields dns = network.object("dns");
        if (nat.values().isEmpty()) {
            return;
        }
        Fields tcp = nat.object("tcp");
        facts.row(
                "tcp",
                used(tcp.object("flows"), "connections") + "; "
                        + numbers(tcp, "opened", "accepted", "refused", "failed", "retransmits"));
        Fields udp = nat.object("udp");
        facts.row(
                "udp",
                used(udp.object("flows"), "mappings") + ", " + used(udp.object("clients"), "clients") + "; "
                        + numbers(udp, "opened", "clientsOpened", "timedOut"));
        Fields echo = nat.object("echo");
        facts.row(
                "echo",
                echo.flag("allowed")
                        ? numbers(echo, "requests", "replies", "failed")
                        : "not possible: this host lets nobody ping without rights; to change that: sysctl -w"
                                + " net.ipv4.ping_group_range='0 2147483647'");
        List<String> servers = dns.texts("servers");
        facts.row(
                "dns",
                (servers.isEmpty() ? "no servers" : String.join(" ", servers)) + "; "
                        + numbers(dns, "queries", "local", "cached", "forwarded", "unanswered"));
        String dropped = dropped(nat, dns);
        if (!dropped.isEmpty()) {
            facts.row("dropped", dropped);
        }
        Map<String, Object> drops =
                network.object("gatewayPort").object("drops").values();
        if (!drops.isEmpty()) {
            facts.row("gateway", "drops " + drops);
        }
    }

    private static String used(Fields table, String what) {
        return table.number("used") + " of " + table.number("limit") + " " + what;
    }

    private static String numbers(Fields fields, String... names) {
        return Stream.of(names)
                .map(name -> spaced(name) + " " + fields.optionalNumber(name).orElse(0L))
                .collect(Collectors.joining(", "));
    }

    /// `timedOut` is timed out.
    private static String spaced(String name) {
        return name.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
    }

    /// What had no room, or was not to be: the counters that are not zero.
    private static String dropped(Fields nat, Fields dns) {
        List<String> parts = new ArrayList<>();
        add(parts, "tcp", nat.object("tcp"), "limited", "memoryShortages", "dead");
        add(
                parts,
                "udp",
                nat.object("udp"),
                "evicted",
                "limited",
                "filtered",
                "refusedByGuests",
                "droppedByHost",
                "errorsForgotten");
        add(parts, "echo", nat.object("echo"), "evicted");
        add(parts, "fragments", nat.object("fragments"), "evicted", "timedOut", "contradictions");
        add(parts, "nat", nat, "refused", "otherProtocols");
        add(
                parts,
                "dns",
                dns,
                "malformed",
                "full",
                "withoutServer",
                "refused",
                "mismatched",
                "streamsFull",
                "streamsCut");
        return String.join(", ", parts);
    }

    private static void add(List<String> parts, String what, Fields fields, String... names) {
        for (String name : names) {
            long number = fields.optionalNumber(name).orElse(0L);
            if (number > 0) {
                parts.add(what + " " + spaced(name) + " " + number);
            }
        }
    }

    private Table published() {
        Table table = new Table("PUBLISHED", "VM", "AT", "CONNECTIONS", "FAILED");
        for (Fields rule : network.objects("published")) {
            table.row(
                    rule.text("rule"),
                    rule.text("vm"),
                    rule.optionalText("problem").orElse(String.join(", ", rule.texts("bound"))),
                    rule.optionalNumber("connections").orElse(0L).toString(),
                    rule.optionalNumber("failures").orElse(0L).toString());
        }
        return table;
    }

    private Table ports() {
        Table ports = new Table("PORT", "VM", "MAC", "IPV4", "RX FRAMES", "TX FRAMES", "DROPS");
        for (Fields port : network.objects("ports")) {
            Map<String, Object> drops = new LinkedHashMap<>(port.object("drops").values());
            ports.row(
                    port.text("id"),
                    Table.orDash(port.optionalText("vm").orElse(null)),
                    Table.orDash(port.optionalText("mac").orElse(null)),
                    Table.orDash(port.optionalText("ipv4").orElse(null)),
                    port.object("rx").optionalNumber("frames").orElse(0L).toString(),
                    port.object("tx").optionalNumber("frames").orElse(0L).toString(),
                    drops.isEmpty() ? "-" : drops.toString());
        }
        return ports;
    }
}
