package vmlan.program.command;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import vmlan.program.files.Fields;
import vmlan.program.message.Failure;

/// `vmlan` alone: what there is, and what one would type next.
final class Overview {
    private final Session session;

    Overview(Session session) {
        this.session = session;
    }

    void print() throws Failure {
        PsCommand ps = new PsCommand(session);
        PsCommand.Listing listing = ps.list();
        PrintStream out = session.out();
        if (!listing.rows().isEmpty()) {
            ps.print(listing);
            out.println();
        }
        List<String> networks = running();
        if (!networks.isEmpty()) {
            out.println("networks that run: " + String.join(", ", networks));
            out.println();
        }
        Table table = new Table(listing.rows().isEmpty() ? "no VMs yet; to start one:" : "next:", "");
        for (String[] line : next(listing.rows())) {
            table.row("  " + line[0], line[1]);
        }
        table.print(out);
    }

    private List<String> running() throws Failure {
        return session.networks().served();
    }

    private static List<String[]> next(List<Map<String, Object>> rows) {
        List<String[]> lines = new ArrayList<>();
        named(rows, "failed").ifPresent(name -> lines.add(line("vmlan logs --qemu " + name, "why it ended")));
        named(rows, "running").ifPresent(name -> {
            lines.add(line("vmlan console " + name, "its console; Ctrl-] leaves it"));
            lines.add(line("vmlan ip " + name, "its address"));
            lines.add(line("vmlan stop " + name, "presses its power button"));
        });
        named(rows, "paused").ifPresent(name -> lines.add(line("vmlan resume " + name, "lets it go on")));
        named(rows, "failed")
                .or(() -> named(rows, "stopped"))
                .ifPresent(name -> lines.add(line("vmlan start " + name, "as it was")));
        if (rows.isEmpty()) {
            lines.add(line("vmlan run", "a little Linux guest, its console here"));
            lines.add(line("vmlan run -d --name web disk.qcow2", "a VM of your own, in the background"));
            lines.add(line("vmlan demo", "what there is, on a little LAN of namespaces"));
        } else {
            lines.add(line("vmlan run -d --name NAME DISK", "another VM"));
        }
        lines.add(line("vmlan --help", "all commands"));
        return lines;
    }

    private static Optional<String> named(List<Map<String, Object>> rows, String state) {
        return rows.stream()
                .map(Fields::new)
                .filter(row -> row.text("state").equals(state))
                .map(row -> row.text("name"))
                .findFirst();
    }

    private static String[] line(String command, String what) {
        return new String[] {command, what};
    }
}
