package vmlan.program.vm;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import vmlan.program.files.Fields;
import vmlan.program.message.Failure;
import vmlan.qemu.QemuException;
import vmlan.qemu.QmpClient;

/// QEMU's console socket serves one at a time; whoever comes second would wait in silence. This asks before.
public final class ConsoleGuard {
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private ConsoleGuard() {}

    /// @throws Failure when another terminal has the console
    public static void checkFree(Path monitor, String vm) throws Failure {
        List<Fields> chardevs;
        try (QmpClient qmp = QmpClient.connect(monitor, LIMIT)) {
            chardevs = new Fields(Map.of("list", qmp.call("query-chardev", Map.of(), LIMIT))).objects("list");
        } catch (QemuException e) {
            // The monitor is busy: then we cannot know, and trying does no harm.
            return;
        }
        for (Fields chardev : chardevs) {
            // QEMU chardev/char-socket.c names a socket without a peer "disconnected:…".
            if (chardev.optionalText("label").orElse("").equals("console")
                    && !chardev.optionalText("filename").orElse("").startsWith("disconnected:")) {
                throw Failure.world(
                        "another terminal has the console of " + vm,
                        "leave it there by Ctrl-], or read along: vmlan logs " + vm);
            }
        }
    }
}
