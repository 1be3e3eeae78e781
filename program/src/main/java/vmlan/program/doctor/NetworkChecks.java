package vmlan.program.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import vmlan.network.change.HostRoute;
import vmlan.packet.Ipv4Prefix;
import vmlan.program.files.Fields;
import vmlan.program.files.Json;
import vmlan.program.files.Places;
import vmlan.program.serve.OtherSubnet;

/// The networks that have run here: whether their processes live, and whether the host has other uses for their
/// addresses.
final class NetworkChecks {
    private static final String WHY_SUBNETS = "guests look for their network's addresses in it, and nowhere else";
    private static final String WHY_NETWORKS = "VMs whose network's process died are cut off until it is started again";

    private final Host host;
    private final Places places;

    NetworkChecks(Host host, Places places) {
        this.host = host;
        this.places = places;
    }

    List<Check> all() {
        return List.of(
                new Check("networks", WHY_NETWORKS, this::networks), new Check("subnets", WHY_SUBNETS, this::subnets));
    }

    /// Those that ran at least once.
    private List<Path> folders() throws IOException {
        List<Path> folders = new ArrayList<>();
        for (Path folder : host.children(places.stateIfAny("networks"))) {
            if (host.facts(folder.resolve("network.json")).isPresent()) {
                folders.add(folder);
            }
        }
        return folders;
    }

    private static String name(Path folder) {
        return folder.getFileName().toString();
    }

    private boolean isServed(String network) {
        return host.isServed(places.socketIfAny(network, "control.sock"));
    }

    /// Nothing where there is no such file or it makes no sense: whoever uses it says so and sets it aside.
    private Fields content(Path file) {
        try {
            Map<String, Object> content = Json.object(host.text(file).getBytes(StandardCharsets.UTF_8));
            return new Fields(content == null ? Map.of() : content);
        } catch (IOException e) {
            return new Fields(Map.of());
        }
    }

    private List<Finding> networks() throws IOException {
        List<String> seen = new ArrayList<>();
        List<Finding> findings = new ArrayList<>();
        for (Path folder : folders()) {
            String name = name(folder);
            if (isServed(name)) {
                seen.add(name + " runs");
                continue;
            }
            long cutOff = content(folder.resolve("ports.json")).objects("ports").stream()
                    .filter(port -> host.isAlive(
                            port.optionalNumber("pid").orElse(0L),
                            port.optionalNumber("pidMark").orElse(0L)))
                    .count();
            if (cutOff == 0) {
                seen.add(name + " does not run");
                continue;
            }
            boolean stopped = host.facts(folder.resolve("stopped")).isPresent();
            findings.add(Finding.warning(
                    "networks",
                    name + (stopped ? " was stopped" : " has died") + " under " + cutOff
                            + (cutOff == 1 ? " VM's NIC" : " NICs of VMs"),
                    WHY_NETWORKS,
                    "type: vmlan network start " + name + "; why it ended: vmlan network logs " + name));
        }
        if (!findings.isEmpty()) {
            return findings;
        }
        return List.of(
                Finding.ok("networks", seen.isEmpty() ? "none has run yet" : String.join(", ", seen), WHY_NETWORKS));
    }

    private List<Finding> subnets() throws IOException {
        Map<String, Ipv4Prefix> subnets = new TreeMap<>();
        for (Path folder : folders()) {
            subnet(folder).ifPresent(subnet -> subnets.put(name(folder), subnet));
        }
        List<Finding> findings = new ArrayList<>();
        List<HostRoute> routes = host.routes();
        for (Map.Entry<String, Ipv4Prefix> entry : subnets.entrySet()) {
            routes.stream()
                    .filter(route -> route.isSpecific()
                            && route.prefix().overlaps(entry.getValue())
                            && !isItsTap(route.ifName(), entry.getKey()))
                    .distinct()
                    .map(route -> clash(entry.getKey(), entry.getValue(), route))
                    .forEach(findings::add);
            subnets.forEach((other, subnet) -> {
                if (entry.getKey().compareTo(other) < 0 && subnet.overlaps(entry.getValue())) {
                    findings.add(Finding.warning(
                            "subnets",
                            entry.getKey() + " and " + other + " have the same addresses: " + entry.getValue() + ", "
                                    + subnet,
                            "a VM on both cannot tell them apart, nor can a host with a tap on both",
                            cure(other)));
                }
            });
        }
        if (!findings.isEmpty()) {
            return findings;
        }
        String list = String.join(
                ", ",
                subnets.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .toList());
        return List.of(Finding.ok(
                "subnets",
                list.isEmpty() ? "none chosen yet" : list + ", and no route of the host is among them",
                WHY_SUBNETS));
    }

    private Optional<Ipv4Prefix> subnet(Path folder) {
        try {
            return content(folder.resolve("network.json")).optionalText("ipv4").map(Ipv4Prefix::parse);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// The host's own end of the network (docs/files.md, On the host).
    private boolean isItsTap(String nic, String network) {
        return nic.startsWith("vmlan") && isServed(network);
    }

    private Finding clash(String network, Ipv4Prefix subnet, HostRoute route) {
        boolean within = route.prefix().length() >= subnet.length();
        return Finding.warning(
                "subnets",
                network + " has " + subnet + ", and the host has a route to " + route.prefix() + " by "
                        + route.ifName(),
                within
                        ? "guests do not reach what is there by " + route.ifName()
                                + ", which is in their own network for them"
                        : "guests do not reach the part of " + route.prefix() + " that is their own network for them",
                cure(network));
    }

    private String cure(String network) {
        return OtherSubnet.cure(
                network, host.networksFile(places).block(network).orElse(null));
    }
}
