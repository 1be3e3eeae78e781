package vmlan.program.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import vmlan.program.message.Failure;
import vmlan.program.serve.HostNics;

@Command(
        name = "interfaces",
        description = {
            "Lists the host's NICs that VMs can be bridged to.",
            "HOST is how host and guests will reach each other: tcx, cls_bpf and cls_bpf-classic are programs on the"
                    + " NIC's way out, that touch only frames of guests; vmnet is Apple's bridge in the kernel. MAC-NAT is"
                    + " yes where guests share the NIC's MAC address, as they must on Wi-Fi."
        },
        footer = {
            "",
            "Examples:",
            "  vmlan interfaces",
            "  vmlan interfaces --json",
            "  sudo vmlan run --net bridged:en0"
        })
final class InterfacesCommand implements Callable<Integer> {
    @Mixin
    HelpOption help;

    @Option(names = "--json", description = "Print a JSON array.")
    private boolean json;

    private final Session session;

    InterfacesCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure {
        List<HostNics.HostNic> nics = HostNics.bridgeable();
        if (json) {
            List<Map<String, Object>> rows = new ArrayList<>();
            nics.forEach(nic -> rows.add(row(nic)));
            session.json(rows);
            return 0;
        }
        if (nics.isEmpty()) {
            session.err().println("no NIC of this host can be bridged");
            return 0;
        }
        Table table = new Table("NAME", "KIND", "STATE", "IPV4", "IPV6", "HOST", "MAC-NAT");
        for (HostNics.HostNic nic : nics) {
            table.row(
                    nic.name(),
                    nic.kind(),
                    nic.up() ? "up" : "down",
                    Table.orDash(nic.ipv4().stream().findFirst().orElse(null)),
                    Table.orDash(nic.ipv6().stream().findFirst().orElse(null)),
                    nic.hostPath(),
                    nic.macTranslation() ? "yes" : "no");
        }
        table.print(session.out());
        return 0;
    }

    private static Map<String, Object> row(HostNics.HostNic nic) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", nic.name());
        row.put("kind", nic.kind());
        row.put("state", nic.up() ? "up" : "down");
        row.put("mac", nic.mac());
        row.put("mtu", nic.mtu());
        row.put("ipv4", nic.ipv4());
        row.put("ipv6", nic.ipv6());
        row.put("hostPath", nic.hostPath());
        row.put("macTranslation", nic.macTranslation());
        return row;
    }
}
