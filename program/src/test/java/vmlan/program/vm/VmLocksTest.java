package vmlan.program.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class VmLocksTest {
    @TempDir
    private Path folder;

    private final List<String> said = new ArrayList<>();

    private VmLocks locks() {
        return new VmLocks(folder.resolve(".vms.lock"), said::add);
    }

    @Test
    void aVmHasOneHolderAndAnotherVmHasItsOwn() throws Exception {
        Path web = Files.createDirectory(folder.resolve("web"));
        VmLocks locks = locks();
        try (VmLocks.Held held = locks.take("web", "stopping", web)) {
            assertThat(held).isNotNull();
            assertThat(locks.isBusy("web")).isTrue();
            assertThat(VmLocks.doing(web)).isEqualTo("stopping");
            assertThat(locks.take("web", "starting", web, Duration.ofMillis(30)))
                    .isEmpty();
            assertThat(locks.isBusy("db")).isFalse();
            try (VmLocks.Held other = locks.take("db", "starting", folder.resolve("db"))) {
                assertThat(other).isNotNull();
            }
            assertThat(locks.isBusy("web")).as("after another was given back").isTrue();
        }
        assertThat(locks.isBusy("web")).isFalse();
        assertThat(web).isEmptyDirectory();
    }

    @Test
    void whoWaitsIsToldForWhom() throws Exception {
        Path web = Files.createDirectory(folder.resolve("web"));
        VmLocks.Held held = locks().take("web", "pausing", web);
        VmLocks waiting = new VmLocks(folder.resolve(".vms.lock"), line -> {
            said.add(line);
            held.close();
        });
        waiting.take("web", "starting", web).close();
        assertThat(said)
                .containsExactly(
                        "waiting for web: process " + ProcessHandle.current().pid() + " is pausing it");
    }

    @Test
    void aNoteOfOneThatDiedIsNotBelieved() throws Exception {
        Path web = Files.createDirectory(folder.resolve("web"));
        for (String note : List.of("1 2 stopping", "nonsense", "", "99999999999999999999 1 x", "1 x stopping")) {
            Files.writeString(web.resolve("busy"), note);
            assertThat(VmLocks.doing(web)).as(note).isEmpty();
        }
    }

    @Test
    void threadsTakeTurns() throws Exception {
        VmLocks locks = locks();
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(8);
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 8; i++) {
                var _ = executor.submit(() -> {
                    for (int turn = 0; turn < 5; turn++) {
                        try (VmLocks.Held held = locks.take("web", "starting", folder.resolve("web"))) {
                            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                            Thread.onSpinWait();
                            inside.decrementAndGet();
                            assertThat(held).isNotNull();
                        }
                    }
                    done.countDown();
                    return null;
                });
            }
        }
        assertThat(done.getCount()).isZero();
        assertThat(most).hasValue(1);
    }

    /// Another process, since one of ours has the lock by another road.
    @Test
    void aKilledHolderHoldsNothing() throws Exception {
        Process holder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-cp",
                        classPath(),
                        Holder.class.getName(),
                        folder.resolve(".vms.lock").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(holder.inputReader().readLine()).isEqualTo("held");
            VmLocks locks = locks();
            assertThat(locks.isBusy("web")).isTrue();
            assertThat(locks.isBusy("db")).isFalse();
            holder.destroyForcibly().waitFor();
            Optional<VmLocks.Held> held = locks.take("web", "starting", folder, Duration.ofSeconds(50));
            assertThat(held).isPresent();
            held.get().close();
        } finally {
            holder.destroyForcibly();
        }
    }

    private static String classPath() throws Exception {
        List<String> places = new ArrayList<>();
        for (Class<?> type : List.of(
                VmLocks.class,
                VmLocksTest.class,
                vmlan.qemu.ProcessMark.class,
                com.fasterxml.jackson.jr.ob.JSON.class)) {
            places.add(Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString());
        }
        return String.join(":", places);
    }

    /// Takes the lock of `web` and says so.
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws Exception {
            Path file = Path.of(arguments[0]);
            VmLocks.Held held = new VmLocks(file, line -> {}).take("web", "stopping", file.getParent());
            System.out.println("held");
            Thread.sleep(Duration.ofSeconds(60));
            held.close();
        }
    }
}
