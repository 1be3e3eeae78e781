package vmlan.program.serve;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import vmlan.program.message.Failure;

/// A network's process that was just started says when it is ready.
final class ReadyWord {
    private ReadyWord() {}

    /// What it prints: its pid by the shell that started it, and its own word.
    ///
    /// @return false when the process ended before
    static boolean await(Process starter, Duration limit) throws Failure {
        AtomicLong pid = new AtomicLong();
        CompletableFuture<Boolean> ready = CompletableFuture.supplyAsync(() -> {
            try (OutputStream end = starter.getOutputStream()) {
                // Left open on purpose: closed, it would break a later print of the process.
                BufferedReader reader = starter.inputReader(StandardCharsets.UTF_8);
                String line;
                while ((line = reader.readLine()) != null && !line.equals(NetworkServer.READY)) {
                    if (line.matches("[0-9]{1,10}")) {
                        pid.set(Long.parseLong(line));
                    }
                }
                return line != null;
            } catch (IOException e) {
                return false;
            }
        });
        try {
            return ready.get(limit.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            ProcessHandle.of(pid.get()).ifPresent(ProcessHandle::destroyForcibly);
            throw Failure.world(
                    "the network process was not ready after " + limit.toSeconds() + " s",
                    "see whether the machine is overloaded, and try again",
                    e);
        } catch (ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
