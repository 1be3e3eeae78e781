package vmlan.program.vm;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import vmlan.program.files.Fields;
import vmlan.qemu.QemuException;
import vmlan.qemu.QmpClient;

/// Whether a guest runs an agent, as QEMU knows it: the guest has the port open. Asked of QEMU, since an
/// agent that is not there would be waited for in silence.
enum AgentState {
    /// Somebody in the guest listens.
    LISTENING,
    /// Nobody does: no agent, or not yet.
    ABSENT,
    /// The VM has no port for one: it was started by an older vmlan.
    NO_PORT,
    /// QEMU did not say.
    UNKNOWN;

    private static final Duration LIMIT = Duration.ofSeconds(2);

    static AgentState of(Path monitor) {
        try (QmpClient qmp = QmpClient.connect(monitor, LIMIT)) {
            List<Fields> chardevs =
                    new Fields(Map.of("list", qmp.call("query-chardev", Map.of(), LIMIT))).objects("list");
            for (Fields chardev : chardevs) {
                if (chardev.optionalText("label").orElse("").equals("agent")) {
                    return chardev.flag("frontend-open") ? LISTENING : ABSENT;
                }
            }
            return NO_PORT;
        } catch (QemuException | IllegalArgumentException e) {
            return UNKNOWN;
        }
    }
}
