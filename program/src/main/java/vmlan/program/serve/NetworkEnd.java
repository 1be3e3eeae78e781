package vmlan.program.serve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import vmlan.program.control.ControlClient;
import vmlan.program.files.FileLock;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;

/// Ends a network's process, by asking it or by force, and waits until it is gone.
final class NetworkEnd {
    /// A process writes its state and says farewell; the disk may be slow.
    private static final Duration END_LIMIT = Duration.ofSeconds(30);

    private static final Duration UNDO_LOOK = Duration.ofMillis(20);

    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);

    private final Places places;
    private final ControlClient client;

    NetworkEnd(Places places, ControlClient client) {
        this.places = places;
        this.client = client;
    }

    /// @param force do not ask it: for a process that does not answer
    /// @return whether one ran
    boolean stop(String name, boolean force) throws Failure {
        Path folder = places.state("networks", name);
        try {
            if (force) {
                if (!kill(folder)) {
                    return false;
                }
            } else {
                if (!client.isServed()) {
                    return false;
                }
                client.send("POST", "/v1/stop", Map.of(), ANSWER_LIMIT);
            }
            // The process holds its lock until the very end.
            Optional<FileLock> ended = FileLock.tryTake(folder.resolve("lock"), END_LIMIT);
            if (ended.isEmpty()) {
                throw Failure.world(
                        "the network '" + name + "' does not end",
                        "end it, its VMs are kept: vmlan network stop --force " + name);
            }
            try (FileLock lock = ended.get()) {
                Files.writeString(folder.resolve(Networks.STOPPED), "", StandardCharsets.US_ASCII);
                // One that was killed could not remove them.
                Files.deleteIfExists(places.socket(name, "control.sock"));
                Files.deleteIfExists(places.socket(name, "qemu.sock"));
            }
            awaitUndo(name);
            return true;
        } catch (IOException e) {
            throw Failure.world("cannot see the network end: " + Places.reason(e), "try again", e);
        }
    }

    /// Whoever opened the devices may still have to take something back from the NIC (setup/open-network.sh).
    private void awaitUndo(String name) {
        Path undo = NetworkOpener.undoFile(places, name);
        long deadline = System.nanoTime() + END_LIMIT.toNanos();
        while (Files.exists(undo) && deadline - System.nanoTime() > 0) {
            LockSupport.parkNanos(UNDO_LOOK.toNanos());
        }
    }

    private static boolean kill(Path folder) throws IOException {
        Optional<FileLock> free = FileLock.tryTake(folder.resolve("lock"), Duration.ZERO);
        if (free.isPresent()) {
            free.get().close();
            return false;
        }
        // The lock is held, so the pid beside it is the holder's.
        String pid = Files.readString(folder.resolve("pid"), StandardCharsets.US_ASCII)
                .strip();
        if (!pid.matches("[0-9]{1,10}")) {
            throw new IOException(folder.resolve("pid") + " holds no pid");
        }
        ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
        return true;
    }
}
