package vmlan.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// The kernel's TCP and ours over a bad link. Another seed: `-Dvmlan.seed=…`; one round alone: `-Dvmlan.round=…`, and
/// of it one transfer: `-Dvmlan.only=…`. The seed brings back the transfer and the weather, not the kernel's timing.
@EnabledOnOs(OS.LINUX)
class KernelTransferTest {
    private static final long SEED = Long.getLong("vmlan.seed", 20_260_101);
    private static final int ROUNDS = 16;
    private static final int TRANSFERS = 64;
    private static final int AT_ONCE = 64;

    /// Each with a namespace of its own. Most of the time is the link's.
    private static final int PROCESSES = 4;

    private static Process start(int first, int rounds) throws IOException {
        List<String> words = new ArrayList<>(List.of(
                "unshare",
                "--net",
                "sh",
                "-c",
                // before Java starts, which takes a machine without an address of IPv6 for one without IPv6
                "ip link set lo up && exec \"$@\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                TransferMain.class.getName()));
        for (long argument : new long[] {SEED, first, rounds, TRANSFERS, AT_ONCE, Long.getLong("vmlan.only", -1)}) {
            words.add(Long.toString(argument));
        }
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        process.getOutputStream().close();
        return process;
    }

    private static String output(Process process) {
        try (InputStream stream = process.getInputStream()) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8) + "exit code " + process.waitFor();
        } catch (IOException e) {
            return e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return e.toString();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aThousandTransfersArriveByteByByteInBothDirections() throws Exception {
        int only = Integer.getInteger("vmlan.round", -1);
        int each = ROUNDS / PROCESSES;
        List<CompletableFuture<String>> outputs = new ArrayList<>();
        for (int first = 0; first < ROUNDS; first += each) {
            if (only < 0 || first == 0) {
                Process process = only < 0 ? start(first, each) : start(only, 1);
                outputs.add(CompletableFuture.supplyAsync(
                        () -> output(process), task -> Thread.ofVirtual().start(task)));
            }
        }
        List<String> failures = new ArrayList<>();
        for (CompletableFuture<String> output : outputs) {
            String text = output.get(30, TimeUnit.MINUTES);
            System.out.println(text);
            if (!text.endsWith("exit code 0")) {
                failures.add(text);
            }
        }
        assertThat(failures).isEmpty();
    }
}
