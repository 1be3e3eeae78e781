package vmlan.tests.lan;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What the host's network looks like, without what changes by itself.
///
/// @param addressing addresses, routes and rules
/// @param devices    links with all their state, traffic control, and eBPF programs that hang on links
record Snapshot(String addressing, String devices) {
    /// Seconds that run down.
    private static final Pattern TIMES = Pattern.compile("(expires|valid_lft|preferred_lft) \\d+sec");

    /// How /proc/PID/fdinfo writes an eBPF link to a network device (Linux kernel/bpf/syscall.c, bpf_link_show_fdinfo).
    private static final Pattern BPF_LINK = Pattern.compile("(?m)^link_type:\\s+(tcx|netkit|xdp)$");

    static Snapshot of(TestLan lan) throws IOException, InterruptedException {
        String nic = Machine.HOST.nic();
        return new Snapshot(
                said(lan, List.of("ip addr", "ip route show table all", "ip -6 route show table all", "ip rule")),
                said(
                                lan,
                                List.of(
                                        "ip -d link",
                                        "tc qdisc show dev " + nic,
                                        "tc filter show dev " + nic + " ingress",
                                        "tc filter show dev " + nic + " egress"))
                        + String.join("\n", bpfLinks(lan)));
    }

    private static String said(TestLan lan, List<String> commands) throws IOException, InterruptedException {
        StringBuilder all = new StringBuilder();
        for (String command : commands) {
            // tc fails where there is no clsact, which is an answer, too
            String text = lan.tryIn(Machine.HOST, command.split(" ")).text();
            all.append("# ").append(command).append('\n');
            all.append(TIMES.matcher(text).replaceAll("$1 some")).append('\n');
        }
        return all.toString();
    }

    /// Who of the machine holds one: such a link ends with the last descriptor for it.
    private static List<String> bpfLinks(TestLan lan) throws IOException, InterruptedException {
        String namespace =
                lan.tryIn(Machine.HOST, "readlink", "/proc/self/ns/net").text().strip();
        List<String> links = new ArrayList<>();
        for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
            Path folder = Path.of("/proc/" + process.pid());
            try (Stream<Path> descriptors = Files.list(folder.resolve("fdinfo"))) {
                if (!Files.readSymbolicLink(folder.resolve("ns/net")).toString().equals(namespace)) {
                    continue;
                }
                for (Path descriptor : descriptors.toList()) {
                    String info = Files.readString(descriptor, StandardCharsets.ISO_8859_1);
                    if (BPF_LINK.matcher(info).find()) {
                        links.add("pid " + process.pid() + " " + info.replaceAll("\\s+", " "));
                    }
                }
            } catch (IOException e) {
                // the process or its descriptor has gone meanwhile
            }
        }
        return links;
    }
}
