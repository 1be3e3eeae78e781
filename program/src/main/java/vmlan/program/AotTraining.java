package vmlan.program;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import vmlan.program.command.Root;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.serve.NetworkServer;
import vmlan.program.serve.Networks;

/// Run once by the build with `-XX:AOTCacheOutput`: does what the commands and a network process do first, so that
/// later starts find those classes loaded and linked. `$VMLAN_HOME` is a temporary folder then.
public final class AotTraining {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private AotTraining() {}

    public static void main(String[] arguments) throws Exception {
        Places places = Places.ofThisUser();
        PipedInputStream said = new PipedInputStream();
        PrintStream saying = new PrintStream(new PipedOutputStream(said), true, StandardCharsets.UTF_8);
        Thread server = Thread.ofPlatform().start(() -> {
            try (saying) {
                new NetworkServer(places, "shared").serve(saying);
            } catch (Failure e) {
                throw new IllegalStateException(e.what(), e);
            }
        });
        if (said.read() < 0) {
            throw new IOException("the network did not start");
        }
        commands();
        new Networks(places).client("shared").send("POST", "/v1/stop", Map.of(), LIMIT);
        server.join(LIMIT);
    }

    private static void commands() {
        PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        for (List<String> command : List.of(
                List.of("--help"),
                List.of("--version"),
                List.of("ps"),
                List.of("ps", "--json"),
                List.of("run", "--help"),
                List.of("run", "--net", "nothing"),
                List.of("ip", "nobody"),
                List.of("network", "ls"),
                List.of("network", "show", "shared", "--json"),
                List.of("leases", "--json"))) {
            Root.run(command.toArray(String[]::new), nowhere, nowhere);
        }
    }
}
