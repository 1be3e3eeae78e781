package vmlan.program.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import picocli.CommandLine.Option;
import vmlan.program.autostart.NetworkDaemons;
import vmlan.program.autostart.NetworkHandover;
import vmlan.program.config.NetworkName;
import vmlan.program.message.Failure;
import vmlan.program.serve.Networks;

/// What `network autostart` is to do.
final class NetworkAutostart {
    @Option(names = "--off", description = "It no longer does.")
    private boolean off;

    @Option(names = "--sudo", description = "Do by sudo what takes rights: one file, and telling launchd.")
    private boolean sudo;

    @Option(names = "--json", description = "Print JSON; errors as JSON, too.")
    private boolean json;

    /// @param name null for the list
    int apply(Session session, String name) throws Failure {
        NetworkDaemons daemons = NetworkDaemons.ofThisUser(session.places(), Networks.launcher(), sudo);
        if (name == null) {
            if (off) {
                throw Failure.usage("--off needs a name", "see which start by themselves: vmlan network autostart");
            }
            list(session, daemons.names());
            return 0;
        }
        if (off) {
            if (!NetworkName.isName(name)) {
                session.networks().wanted(name); // says that there is none
            }
            daemons.disable(name);
            session.progress().note(name + " does not start by itself");
        } else {
            // There has to be such a network.
            session.networks().wanted(name);
            new NetworkHandover(daemons, served(session.networks(sudo), name), NetworkHandover.LIMIT)
                    .toLaunchd(name, session.progress()::note)
                    .forEach(session.progress()::note);
        }
        if (json) {
            session.json(row(name, !off));
        }
        return 0;
    }

    private static NetworkHandover.Served served(Networks networks, String name) {
        return new NetworkHandover.Served() {
            @Override
            public boolean isServed() throws Failure {
                return networks.client(name).isServed();
            }

            @Override
            public boolean stop() throws Failure {
                return networks.stop(name, false);
            }

            @Override
            public void start() throws Failure {
                networks.running(name);
            }
        };
    }

    private void list(Session session, NavigableSet<String> started) throws Failure {
        if (json) {
            NavigableSet<String> names = new TreeSet<>(session.networks().names());
            names.addAll(started);
            List<Map<String, Object>> rows = new ArrayList<>();
            names.forEach(each -> rows.add(row(each, started.contains(each))));
            session.json(rows);
            return;
        }
        started.forEach(session.out()::println);
        if (started.isEmpty()) {
            session.err().println("no network starts by itself; have one: vmlan network autostart NAME");
        }
    }

    private static Map<String, Object> row(String name, boolean autostart) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", name);
        row.put("autostart", autostart);
        return row;
    }
}
