package vmlan.program.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static vmlan.program.doctor.Findings.findings;
import static vmlan.program.doctor.Findings.only;
import static vmlan.program.doctor.Findings.withShared;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import vmlan.qemu.Accelerator;
import vmlan.qemu.AcceleratorProbe;

/// Whole reports of machines whose answers were written down.
class DoctorTest {
    private static String text(Report report) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        report.print(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /// The report as it stands in a file beside this test. A change of words is made there too, and seen in review.
    private static Report golden(Host host, String file) throws IOException {
        Report report = new Report(findings(host));
        try (InputStream in = DoctorTest.class.getResourceAsStream(file)) {
            String expected = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
            Path now = Files.createDirectories(Path.of("target/doctor")).resolve(file);
            Files.writeString(now, text(report));
            assertThat(text(report)).as(file + "; as it is now: " + now).isEqualTo(expected);
        }
        return report;
    }

    @Test
    void aGoodDebianHasNothingToComplainOf() throws Exception {
        RecordedHost host = withShared(RecordedMachines.debian());
        host.served.add(Path.of("/run/user/1000/vmlan/shared/control.sock"));
        host.route("vmlan-shared", "192.168.64.0/24");

        Report report = golden(host, "good-debian.txt");

        assertThat(report.isHealthy()).isTrue();
        assertThat(report.findings())
                .allSatisfy(finding -> assertThat(finding.state()).isEqualTo(State.OK));
    }

    @Test
    void withoutAnyQemuTheCureIsTheLineThatInstallsIt() throws Exception {
        RecordedHost host = RecordedMachines.debian();
        host.qemus.clear();
        host.programs.remove("qemu-img");

        assertThat(golden(host, "no-qemu.txt").isHealthy()).isFalse();
    }

    @Test
    void aKvmThatHangsIsSlowAndNoProblem() throws Exception {
        RecordedHost host = RecordedMachines.debian();
        host.chosen = new AcceleratorProbe.Chosen(
                Accelerator.TCG, "KVM does not work here: a test guest did not end within 3 s");

        assertThat(golden(host, "kvm-hangs.txt").isHealthy()).isTrue();
    }

    @Test
    void closedPingsAreOpenedByASysctl() throws Exception {
        RecordedHost host = RecordedMachines.debian().file("/proc/sys/net/ipv4/ping_group_range", "1\t0\n");

        golden(host, "ping-closed.txt");
    }

    @Test
    void aRouteOfTheHostIntoASubnetClashes() throws Exception {
        RecordedHost host = withShared(RecordedMachines.debian());
        host.route("tun0", "192.168.0.0/16").route("eth1", "192.168.64.0/25").route("tun1", "128.0.0.0/1");

        golden(host, "subnet-clash.txt");
    }

    @Test
    void eachMistakeOfNetworksYamlHasItsLine() throws Exception {
        RecordedHost host = RecordedMachines.debian();
        host.file("/home/ann/.config/vmlan/networks.yaml", """
                networks:
                  lab:
                    mode: shared
                    ipv4: 10.9.0.0/33
                  office:
                    mode: bridged
                    color: blue
                """);

        assertThat(golden(host, "broken-networks-yaml.txt").isHealthy()).isTrue();

        host.file("/home/ann/.config/vmlan/networks.yaml", "networks: {lab: {}, abc: {}}\n");
        assertThat(only(host, "networks.yaml").found()).isEqualTo("/home/ann/.config/vmlan/networks.yaml: abc, lab");
    }

    @Test
    void anIntelMac() throws Exception {
        golden(RecordedMachines.mac("x86_64", "/usr/local", "14.7"), "mac-intel.txt");
    }

    @Test
    void anAppleSiliconMacWithItsFirewallOnAndAQemuOfIntels() throws Exception {
        RecordedHost host = RecordedMachines.mac("aarch64", "/usr/local", "26.1");
        host.says(
                "/usr/libexec/ApplicationFirewall/socketfilterfw --getglobalstate",
                "Firewall is enabled. (State = 1)\n");
        host.fails(
                "/usr/bin/codesign -d --entitlements - --xml /usr/local/bin/qemu-system-aarch64",
                "/usr/local/bin/qemu-system-aarch64: code object is not signed at all\n");

        golden(host, "mac-apple-silicon.txt");
    }

    @Test
    void aCheckThatThrowsOrHangsIsALineAndNoMore() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        List<Finding> found = Doctor.run(List.of(
                new Check("hangs", "why", Duration.ofMillis(50), () -> {
                    try {
                        hanging.await();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                    }
                    return List.of();
                }),
                new Check("throws", "why", () -> {
                    throw new IllegalStateException("a mistake");
                }),
                new Check("fails", "why", () -> {
                    throw new IOException("no such thing\nat all");
                }),
                new Check("works", "why", () -> List.of(Finding.ok("works", "good", "why")))));

        assertThat(found).extracting(Finding::name).containsExactly("hangs", "throws", "fails", "works");
        assertThat(found)
                .extracting(Finding::state)
                .containsExactly(State.WARNING, State.WARNING, State.WARNING, State.OK);
        assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(text(new Report(found)))
                .as("control characters stay out of the terminal")
                .contains("no such thing at all");
    }
}
