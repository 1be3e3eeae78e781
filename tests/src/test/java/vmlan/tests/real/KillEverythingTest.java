package vmlan.tests.real;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import vmlan.program.files.Fields;

/// `kill -9` of whatever there is, at any moment of whatever a user does; and two commands at once on one
/// VM. The guests get no processor time (`-S`), since nothing here depends on them.
class KillEverythingTest {
    private static final int KILLS = 50;
    private static final int PAIRS = 16;

    /// However slow the machine is: later than this most commands have ended.
    private static final int LATEST_MILLIS = 1200;

    private static final Duration SETTLED = Duration.ofSeconds(120);
    private static final String VM = "web";
    private static final String OTHER = "other";

    private static final List<List<String>> OPERATIONS = List.of(
            List.of("run", "-d", "--name", OTHER, "-p", "0:80", "--", "-S"),
            List.of("run", "-d", "--name", OTHER, "--net", "shared", "--net", "user", "--", "-S"),
            List.of("restart", "--force", VM),
            List.of("stop", "--force", VM),
            List.of("stop", "--timeout", "1", VM),
            List.of("rm", "--force", VM),
            List.of("pause", VM),
            List.of("publish", VM, "0:80"),
            List.of("network", "start", "shared"),
            List.of("ps"));

    /// Those on one VM, for two at once.
    private static final List<List<String>> CHANGES = List.of(
            List.of("run", "-d", "--name", VM, "--", "-S"),
            List.of("start", VM),
            List.of("stop", "--force", VM),
            List.of("stop", "--timeout", "1", VM),
            List.of("restart", "--force", VM),
            List.of("rm", "--force", VM),
            List.of("pause", VM),
            List.of("resume", VM),
            List.of("publish", VM, "0:80"),
            List.of("unpublish", VM, "--all"));

    /// What is killed.
    private enum Victim {
        QEMU,
        SHELL,
        NETWORK,
        COMMAND
    }

    @Test
    void afterEachKillPsAndRmAndANewRunWorkAndNothingIsLeft() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            for (int kill = 0; kill < KILLS; kill++) {
                vmlan.vmlan("run", "-d", "--name", VM, "--", "-S").good();
                List<String> operation = OPERATIONS.get(random.nextInt(OPERATIONS.size()));
                Victim victim = Victim.values()[random.nextInt(Victim.values().length)];
                int millis = random.nextInt(LATEST_MILLIS);
                String shown =
                        "seed " + seed + " kill " + kill + ": " + victim + " after " + millis + " ms of " + operation;
                Installation.Running command = vmlan.start(operation.toArray(String[]::new));
                command.process().waitFor(millis, TimeUnit.MILLISECONDS);
                boolean hit = kill(vmlan, victim, command, random);
                Installation.Result result = command.await();
                System.out.println(shown + (hit ? "" : " (none there)") + ": exit " + result.exitCode());
                assertThat(result.err()).as(shown).doesNotContain("internal error");
                removeAll(vmlan, inOrder(vmlan, shown), shown);
            }
            vmlan.vmlan("run", "-d", "--name", VM, "--", "-S").good();
            removeAll(vmlan, vmlan.ps(), "at the end");
            vmlan.vmlan("network", "stop", "shared").good();
            assertNothingIsLeft(vmlan);
        }
    }

    private static boolean kill(Installation vmlan, Victim victim, Installation.Running command, Random random)
            throws Exception {
        List<Long> pids = switch (victim) {
            case QEMU -> vmlan.qemus();
            case SHELL -> vmlan.pidsOf("\0vmlan-qemu\0");
            case NETWORK -> vmlan.pidsOf("\0network\0serve\0");
            case COMMAND -> List.of(command.process().pid());
        };
        if (pids.isEmpty()) {
            return false;
        }
        long pid = pids.get(random.nextInt(pids.size()));
        return ProcessHandle.of(pid).map(ProcessHandle::destroyForcibly).orElse(false);
    }

    @Test
    void twoCommandsAtOnceOnOneVmDoNoHarm() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            for (int pair = 0; pair < PAIRS; pair++) {
                if (random.nextInt(4) > 0) {
                    vmlan.vmlan("run", "-d", "--name", VM, "--", "-S");
                }
                List<String> one = CHANGES.get(random.nextInt(CHANGES.size()));
                List<String> two = CHANGES.get(random.nextInt(CHANGES.size()));
                String shown = "seed " + seed + " pair " + pair + ": " + one + " and " + two;
                Installation.Running first = vmlan.start(one.toArray(String[]::new));
                TimeUnit.MILLISECONDS.sleep(random.nextInt(300));
                Installation.Running second = vmlan.start(two.toArray(String[]::new));
                List<Installation.Result> results = List.of(first.await(), second.await());
                System.out.println(shown + ": exit " + results.getFirst().exitCode() + " and "
                        + results.getLast().exitCode());
                for (Installation.Result result : results) {
                    assertThat(result.exitCode())
                            .as(shown + "\n" + result.err())
                            .isBetween(0, 2);
                    assertThat(result.err()).as(shown).doesNotContain("internal error");
                }
                assertRunningOnesAreOnTheirNetwork(vmlan, inOrder(vmlan, shown), shown);
            }
            removeAll(vmlan, vmlan.ps(), "seed " + seed);
            vmlan.vmlan("network", "stop", "shared").good();
            assertNothingIsLeft(vmlan);
        }
    }

    /// What `ps` says when it knows every QEMU.
    private static List<Fields> inOrder(Installation vmlan, String shown) {
        List<Fields> vms = Await.until(
                "ps to know every QEMU; " + shown,
                SETTLED,
                () -> {
                    List<Fields> all = vmlan.ps();
                    List<Long> pids = new ArrayList<>();
                    all.forEach(vm -> vm.optionalNumber("pid").ifPresent(pids::add));
                    return pids.containsAll(vmlan.qemus()) ? Optional.of(all) : Optional.empty();
                },
                () -> vmlan.vmlan("ps", "--json").out() + "\nprocesses of QEMU: " + vmlan.qemus());
        assertThat(vms)
                .as(shown)
                .allSatisfy(vm -> assertThat(vm.text("state")).isIn("running", "paused", "stopped", "failed"));
        return vms;
    }

    private static void assertRunningOnesAreOnTheirNetwork(Installation vmlan, List<Fields> vms, String shown)
            throws Exception {
        for (Fields vm : vms) {
            if (vm.optionalNumber("pid").isPresent()) {
                List<Fields> ports = Installation.object(vmlan.vmlan("network", "show", "shared", "--json")
                                .good())
                        .objects("ports");
                assertThat(ports)
                        .as(shown)
                        .anySatisfy(port -> assertThat(port.text("vm")).isEqualTo(vm.text("name")));
            }
        }
    }

    private static void removeAll(Installation vmlan, List<Fields> vms, String shown) throws Exception {
        if (!vms.isEmpty()) {
            List<String> words = new ArrayList<>(List.of("rm", "--force"));
            vms.forEach(vm -> words.add(vm.text("name")));
            Installation.Result removed = vmlan.vmlan(words.toArray(String[]::new));
            assertThat(removed.exitCode()).as(shown + "\n" + removed.err()).isZero();
        }
        assertThat(files(vmlan.home().resolve("state/vms"))).as(shown).containsOnly(".lock", ".vms.lock");
        Await.until(
                "the end of all processes but the network's; " + shown,
                SETTLED,
                () -> vmlan.processes().size()
                                == vmlan.pidsOf("\0network\0serve\0").size()
                        ? Optional.of(true)
                        : Optional.empty(),
                () -> vmlan.processes().stream()
                        .map(process -> process.info().toString())
                        .toList()
                        .toString());
    }

    /// No VM, so no file of one; no network, so no socket.
    private static void assertNothingIsLeft(Installation vmlan) throws Exception {
        assertThat(files(vmlan.home().resolve("state/vms"))).containsOnly(".lock", ".vms.lock");
        assertThat(files(vmlan.home().resolve("run"))).isEmpty();
    }

    private static List<String> files(Path folder) throws Exception {
        return FilesBelow.of(folder).stream()
                .map(file -> file.getFileName().toString())
                .toList();
    }
}
