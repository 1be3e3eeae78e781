package vmlan.tests.real;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import vmlan.program.files.Fields;

/// `vmlan run -d` is ended in the middle of a start, at moments that nobody chose. The guests get no processor
/// time (`-S`), since nothing here depends on them.
class InterruptionTest {
    /// Before, it is a shell that looks for Java and has done nothing.
    private static final int EARLIEST_MILLIS = 100;

    /// However slow the machine is: later than this it mostly waits for QEMU.
    private static final int LATEST_MILLIS = 2000;

    private static final Duration SETTLED = Duration.ofSeconds(120);

    @Test
    void ctrlCDuringAStartLeavesAVmThatRunsOrNone() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            int latest = millisOfAStart(vmlan);
            for (int round = 0; round < 8; round++) {
                Start start = Start.endedBy("INT", vmlan, "ctrl-c-" + round, random.nextInt(EARLIEST_MILLIS, latest));
                String shown = "seed " + seed + " round " + round + ": " + start;
                System.out.println(shown);
                List<Fields> vms = vmlan.ps();
                assertThat(vms)
                        .as(shown)
                        .allSatisfy(vm -> assertThat(vm.text("state")).isIn("running", "stopped"));
                for (Fields vm : vms) {
                    if (vm.text("state").equals("running")) {
                        assertIsOnItsNetwork(vmlan, vm, shown);
                    }
                }
                if (start.result().exitCode() == 0) {
                    assertThat(running(vms)).as(shown).contains(start.name());
                }
                assertEveryQemuIsKnown(vmlan, shown);
            }
            removeAll(vmlan, "seed " + seed);
            assertANewStartWorks(vmlan, "afterwards", "seed " + seed);
        }
    }

    @Test
    void aKilledLauncherLeavesNothingThatRmDoesNotRemove() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            int latest = millisOfAStart(vmlan);
            for (int round = 0; round < 6; round++) {
                Start start = Start.endedBy("KILL", vmlan, "killed-" + round, random.nextInt(EARLIEST_MILLIS, latest));
                String shown = "seed " + seed + " round " + round + ": " + start;
                System.out.println(shown);
                assertEveryQemuIsKnown(vmlan, shown);
                removeAll(vmlan, shown);
                assertANewStartWorks(vmlan, start.name(), shown);
                removeAll(vmlan, shown);
            }
        }
    }

    /// How long an undisturbed start takes here until it says the VM's name, when the network is there already:
    /// signals that come later hit nothing.
    private static int millisOfAStart(Installation vmlan) throws Exception {
        vmlan.vmlan("network", "start", "shared").good();
        long begin = System.nanoTime();
        Installation.Running run = vmlan.start("run", "-d", "--name", "measured", "--", "-S");
        Await.until(
                "the name of what was started",
                Installation.LIMIT,
                () -> run.output().isBlank() ? Optional.empty() : Optional.of(true),
                run::errors);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
        run.await().good();
        vmlan.vmlan("rm", "--force", "measured").good();
        return Math.clamp(millis, EARLIEST_MILLIS + 1, LATEST_MILLIS);
    }

    /// A start that got a signal, or was faster.
    ///
    /// @param hit false for one that had ended before the signal came
    private record Start(String name, int millis, boolean hit, Installation.Result result) {
        @Override
        public String toString() {
            return name + (hit ? " after " + millis + " ms" : " too late") + ": exit " + result.exitCode() + ", "
                    + (result.err().isBlank() ? "nothing said" : result.err().strip());
        }

        static Start endedBy(String signal, Installation vmlan, String name, int millis) throws Exception {
            // A test that runs in the background of a shell has SIGINT ignored, and its children inherit that.
            Installation.Running run = vmlan.start(
                    Installation.Redirect.NOTHING, List.of("env", "--default-signal=INT"), "run", "-d", "--name", name);
            // env and the launcher become Java by exec, so this is its pid; it may end before the signal comes
            boolean hit = !run.process().waitFor(millis, TimeUnit.MILLISECONDS)
                    && Installation.signalled(signal, run.process().pid());
            return new Start(name, millis, hit, run.await());
        }
    }

    private static List<String> running(List<Fields> vms) {
        return vms.stream()
                .filter(vm -> vm.text("state").equals("running"))
                .map(vm -> vm.text("name"))
                .toList();
    }

    private static void assertIsOnItsNetwork(Installation vmlan, Fields vm, String shown) throws Exception {
        assertThat(vmlan.qemus()).as(shown).contains(vm.number("pid"));
        List<Fields> ports = Installation.object(
                        vmlan.vmlan("network", "show", "shared", "--json").good())
                .objects("ports");
        assertThat(ports)
                .as(shown)
                .anySatisfy(port -> assertThat(port.text("vm")).isEqualTo(vm.text("name")));
    }

    /// A QEMU that was just started may be on its way, and one that was just ended as well.
    private static void assertEveryQemuIsKnown(Installation vmlan, String shown) {
        Await.until(
                "ps to know every QEMU; " + shown,
                SETTLED,
                () -> pids(vmlan).containsAll(vmlan.qemus()) ? Optional.of(true) : Optional.empty(),
                () -> vmlan.vmlan("ps", "--json").out() + "\nprocesses of QEMU: " + vmlan.qemus());
    }

    private static List<Long> pids(Installation vmlan) throws Exception {
        List<Long> pids = new ArrayList<>();
        for (Fields vm : vmlan.ps()) {
            vm.optionalNumber("pid").ifPresent(pids::add);
        }
        return pids;
    }

    private static void removeAll(Installation vmlan, String shown) throws Exception {
        for (Fields vm : vmlan.ps()) {
            assertThat(vmlan.vmlan("rm", "--force", vm.text("name")))
                    .as(shown)
                    .extracting(Installation.Result::exitCode, Installation.Result::err)
                    .containsExactly(0, "");
        }
        Await.until(
                "the end of all processes but the network's; " + shown,
                SETTLED,
                () -> vmlan.processes().stream()
                                .allMatch(process ->
                                        process.info().commandLine().orElse("").contains("network serve shared"))
                        ? Optional.of(true)
                        : Optional.empty(),
                () -> vmlan.processes().stream()
                        .map(process -> process.info().toString())
                        .toList()
                        .toString());
    }

    private static void assertANewStartWorks(Installation vmlan, String name, String shown) throws Exception {
        Installation.Result started = vmlan.vmlan("run", "-d", "--name", name, "--", "-S");
        assertThat(started.exitCode()).as(shown + "\n" + started.err()).isZero();
        List<Fields> vms = vmlan.ps();
        assertThat(running(vms)).as(shown).containsExactly(name);
        assertIsOnItsNetwork(vmlan, vms.getFirst(), shown);
    }
}
