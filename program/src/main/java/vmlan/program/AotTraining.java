package vmlan.program;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import vmlan.program.command.Root;
import vmlan.program.control.ControlClient;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.serve.NetworkServer;
import vmlan.program.serve.Networks;
import vmlan.program.vm.VmStore;
import vmlan.qemu.ProcessMark;

/// Run by the build with `-XX:AOTCacheOutput`, once as the commands and once as a network's process, at the same time:
/// does what they do first, so that later starts find those classes loaded and linked. All that is in a cache is loaded
/// by every start with it, so there is one for each, and what a network's process needs, but not at once (DNS, native
/// calls), is better left out. `$VMLAN_HOME` is a temporary folder then.
public final class AotTraining {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final String NETWORK = "shared";
    private static final String VM = "trained";

    private AotTraining() {}

    /// @param arguments `network`, which serves until it is told to stop, or `commands`, which tells it
    public static void main(String[] arguments) throws Exception {
        Places places = Places.ofThisUser();
        if (arguments[0].equals("network")) {
            new NetworkServer(places, NETWORK).serve(nowhere());
            return;
        }
        ControlClient network = new Networks(places).client(NETWORK);
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!network.isServed() && deadline - System.nanoTime() > 0) {
            LockSupport.parkNanos(LOOK.toNanos());
        }
        VmStore store = new VmStore(places, line -> {});
        try (ServerSocketChannel monitor = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            monitor.bind(UnixDomainSocketAddress.of(store.qmpSocket(VM)));
            Thread.ofPlatform().daemon().start(() -> answer(monitor));
            pretendVm(places);
            commands();
        }
        network.send("POST", "/v1/stop", Map.of(), LIMIT);
        // as a command ends, and by the class that it begins with
        Main.main(new String[] {"--version"});
    }

    /// A VM that runs, as far as commands can tell: its process is this one.
    static void pretendVm(Places places) throws Failure, IOException {
        long pid = ProcessHandle.current().pid();
        String json =
                """
                {
                  "name": "%s",
                  "spec": {
                    "architecture": "x86_64", "disks": [], "nics": ["%s"], "cpus": 1, "memoryBytes": 268435456,
                    "published": [], "allowedHostPorts": [], "qemuArguments": []
                  },
                  "nics": [{"network": "%s", "port": "%s-0", "mac": "52:54:00:00:00:01"}],
                  "pid": %d,
                  "pidMark": %d
                }
                """.formatted(VM, NETWORK, NETWORK, VM, pid, ProcessMark.of(pid).orElse(0L));
        Files.writeString(places.state("vms", VM).resolve("vm.json"), json, StandardCharsets.US_ASCII);
    }

    /// QEMU's monitor, which knows one answer.
    private static void answer(ServerSocketChannel monitor) {
        while (true) {
            try (SocketChannel asking = monitor.accept();
                    BufferedReader lines = new BufferedReader(Channels.newReader(asking, StandardCharsets.UTF_8))) {
                say(asking, "{\"QMP\": {\"version\": {}, \"capabilities\": []}}");
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    String id = line.replaceFirst(".*\"id\" *: *\"?([0-9]+).*", "$1");
                    String quoted = line.contains("\"" + id + "\"") ? "\"" + id + "\"" : id;
                    say(asking, "{\"return\": {\"status\": \"running\", \"running\": true}, \"id\": " + quoted + "}");
                }
            } catch (IOException e) {
                if (!monitor.isOpen()) {
                    return;
                }
            }
        }
    }

    private static void say(SocketChannel to, String line) throws IOException {
        to.write(ByteBuffer.wrap((line + "\r\n").getBytes(StandardCharsets.UTF_8)));
    }

    private static void commands() {
        PrintStream nowhere = nowhere();
        for (List<String> command : List.of(
                List.of("--help"),
                List.of("ps"),
                List.of("ps", "--json"),
                List.of("run", "--help"),
                List.of("run", "-p", "nothing"),
                List.of("run", "--net", "nothing"),
                List.of("publish", "nobody", "8080:80"),
                List.of("connect", "nobody:22"),
                List.of("ip", "nobody"),
                List.of("network", "ls"),
                List.of("network", "show", NETWORK, "--json"),
                List.of("leases", "--json"))) {
            Root.run(command.toArray(String[]::new), nowhere, nowhere);
        }
    }

    private static PrintStream nowhere() {
        return new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    }
}
