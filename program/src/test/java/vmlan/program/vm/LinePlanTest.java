package vmlan.program.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vmlan.program.explain.ThisMachine;
import vmlan.program.files.Fields;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.qemu.Accelerator;
import vmlan.qemu.AcceleratorProbe;
import vmlan.qemu.ProcessMark;
import vmlan.qemu.Qemu;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.QemuVersion;
import vmlan.qemu.language.Reading;
import vmlan.qemu.language.reading.FileSections;
import vmlan.qemu.language.reading.NetworkLanguage;
import vmlan.qemu.translation.LineFacts;
import vmlan.qemu.translation.Target;
import vmlan.qemu.translation.Translation;

/// What is run of a command line, in a terminal and in the background.
class LinePlanTest {
    private static final AcceleratorProbe.Chosen TCG = new AcceleratorProbe.Chosen(Accelerator.TCG, "no KVM");
    private static final Qemu QEMU = new Qemu(
            Path.of("/usr/bin/qemu-system-x86_64"), new QemuVersion(10, 0, 0), "x86_64", Set.of("user", "stream"));

    @TempDir
    private Path home;

    private LinePlan plan(boolean background, String... words) throws Exception {
        return plan(home, false, background, words);
    }

    static LinePlan engine(Path home, String... words) throws Exception {
        return plan(home, true, false, words);
    }

    /// One that a process is about to start.
    static Vm vm(Path home, long launcher) {
        VmSpec spec = VmSpec.ofLine(
                new LineSpec(List.of("qemu-system-x86_64"), false, home), "x86_64", null, false, List.of());
        long mark = ProcessMark.of(launcher).orElseThrow();
        return new Vm("web", spec, List.of(), List.of(), null, null, home, false, launcher, mark, 0, 0, false);
    }

    private static LinePlan plan(Path home, boolean engine, boolean background, String... words) throws Exception {
        QemuLine typed = QemuLine.parse(List.of(words));
        QemuLine line = background ? LinePlanner.without("daemonize", typed) : typed;
        Dialect dialect =
                new Dialect("qemu-system-x86_64", QEMU.version(), "x86_64", QEMU.netdevTypes(), List.of(), null);
        Reading reading = NetworkLanguage.read(line, Translation.understood(dialect), new ThisMachine());
        FileSections files = FileSections.of(line, new ThisMachine());
        Translation translation = Translation.of(reading, files, dialect, new Target(false, TCG, false, false, engine));
        LineFacts facts = new LineFacts(line);
        VmSpec spec = VmSpec.ofLine(
                new LineSpec(List.of("qemu-system-x86_64"), engine, home), "x86_64", null, false, List.of());
        return new LinePlan(QEMU, TCG, spec, facts, translation, List.of(), background);
    }

    private Places places(Path folder) throws Failure {
        return Places.in(folder);
    }

    private List<String> commandLine(LinePlan plan) throws Exception {
        Places places = places(home);
        VmStore store = new VmStore(places, line -> {});
        List<NicPlan> nics = NicPlan.choose(
                "web", plan.spec("web").nics(), Optional.empty(), Map.of(), MacChooser.ofKey(new byte[16]));
        return plan.commandLine("web", nics, places, store);
    }

    @Test
    void inATerminalOnlyTheMonitorsAreAdded() throws Exception {
        assertThat(commandLine(plan(false, "disk.img", "-m", "1G", "-nic", "none")))
                .containsExactly(
                        "/usr/bin/qemu-system-x86_64",
                        "disk.img",
                        "-m",
                        "1G",
                        "-nic",
                        "none",
                        "-readconfig",
                        home + "/state/vms/web/monitors.conf");
    }

    @Test
    void inTheBackgroundItsProcessIsWrittenDownAndItDoesNotLeaveIt() throws Exception {
        assertThat(commandLine(plan(true, "--daemonize", "-nic", "none", "-append", "-daemonize")))
                .doesNotContain("--daemonize")
                .containsSubsequence("-append", "-daemonize")
                .endsWith("-pidfile", home + "/state/vms/web/qemu.pid");
        LinePlan own = plan(true, "-pidfile", "my.pid", "-nic", "none");
        assertThat(commandLine(own)).doesNotContain(home + "/state/vms/web/qemu.pid");
        assertThat(own.pidFile("web", Path.of("/there"), new VmStore(places(home), line -> {})))
                .isEqualTo(Path.of("/there/my.pid"));
    }

    @Test
    void aNicOnANetworkOfOursHasTheVmsOwnMac() throws Exception {
        LinePlan plan = plan(false, "-nic", "vmnet-shared", "-nic", "vmnet-host,mac=52:54:00:AA:00:01,isolated=on");
        assertThat(plan.spec("web").nics())
                .extracting(NicSpec::toString)
                .containsExactly("shared", "host,mac=52:54:00:aa:00:01,isolated");
        assertThat(String.join(" ", commandLine(plan)))
                .contains("addr.path=" + home + "/run/shared/web-0.sock -net nic,netdev=vmlan,macaddr=52:54:00:")
                .contains(
                        "addr.path=" + home + "/run/host/web-1.sock -net nic,netdev=vmlan2,macaddr=52:54:00:aa:00:01");
    }

    @Test
    void itIsCalledAfterTheGuestOrItsDisk() throws Exception {
        assertThat(plan(false, "-name", "My VM!", "disk.img").usualName()).isEqualTo("my-vm");
        assertThat(plan(false, "path/Disk.qcow2").usualName()).isEqualTo("disk");
        assertThat(plan(false, "-m", "1G").usualName()).isEqualTo("qemu");
    }

    @Test
    void monitorsAreWrittenForReadconfig() throws Exception {
        Places places = places(home);
        VmStore store = new VmStore(places, line -> {});
        Files.createDirectories(store.folder("web"));
        plan(false, "-nic", "none").writeFiles("web", List.of(), store);
        assertThat(store.folder("web").resolve("monitors.conf"))
                .content()
                .contains("[mon \"vmlan-qmp\"]")
                .contains("path = \"" + home + "/run/vm.web/qmp-network.sock\"");
        VmStore quoted = new VmStore(places(home.resolve("a\"b")), line -> {});
        Files.createDirectories(quoted.folder("web"));
        assertThatThrownBy(() -> plan(false, "-nic", "none").writeFiles("web", List.of(), quoted))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("has a quote in its name");
    }

    @Test
    void whatIsKeptOfALineIsReadAsItWas() throws Exception {
        VmSpec spec = VmSpec.ofLine(
                new LineSpec(List.of("sudo", "qemu-system-x86_64", "-nic", "vmnet-shared"), true, home),
                "x86_64",
                null,
                true,
                List.of());
        assertThat(VmSpec.of(new Fields(spec.toJson()))).isEqualTo(spec);
        assertThat(spec.isLine()).isTrue();
    }
}
