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
import vmlan.program.files.Json;
import vmlan.qemu.Accelerator;
import vmlan.qemu.AcceleratorProbe;
import vmlan.qemu.language.QemuVersion;

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

    private static void goldenJson(Report report, String file) throws IOException {
        String now = Json.pretty(report.toJson()) + "\n";
        try (InputStream in = DoctorTest.class.getResourceAsStream(file)) {
            String expected = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
            Path kept = Files.createDirectories(Path.of("target/doctor")).resolve(file);
            Files.writeString(kept, now);
            assertThat(now).as(file + "; as it is now: " + kept).isEqualTo(expected);
        }
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

    private static RecordedHost freshMac() {
        RecordedHost host = RecordedMachines.mac("aarch64", "/opt/homebrew", "15.5");
        // what else a Mac may want, so that nothing is left to say
        host.qemu(
                "x86_64",
                "/opt/homebrew/bin/qemu-system-x86_64",
                new QemuVersion(10, 1, 0),
                "stream dgram user vmnet-bridged vmnet-host vmnet-shared");
        host.says("/opt/homebrew/bin/qemu-system-x86_64 -L help", "/opt/homebrew/share/qemu\n");
        host.demoMade = true;
        return host;
    }

    @Test
    void anAppleSiliconMacWithNothingInTheWay() throws Exception {
        RecordedHost host = freshMac();

        Report report = golden(host, "mac-15-apple-silicon.txt");
        goldenJson(report, "mac-15-apple-silicon.json");

        assertThat(report.findings())
                .allSatisfy(finding -> assertThat(finding.state()).isEqualTo(State.OK));
    }

    @Test
    void anIntelMacWhoseFirewallBlocksDhcp() throws Exception {
        RecordedHost host = RecordedMachines.mac("x86_64", "/usr/local", "13.7.8");
        RecordedMachines.firewall(
                host, "Block all DISABLED!", """
                Total number of apps = 2

                1 :  /usr/libexec/bootpd\s
                 \t ( Block incoming connections )\s

                2 :  /usr/sbin/cupsd\s
                 \t ( Allow incoming connections )\s
                """, "Automatically allow signed built-in software ENABLED\n");
        host.environment.put("TERM_PROGRAM", "iTerm.app");
        host.served.add(Path.of("/usr/local/var/run/socket_vmnet"));
        host.served.add(Path.of("/usr/local/var/run/socket_vmnet.bridged.en0"));
        host.says("/usr/bin/defaults read /Library/Preferences/SystemConfiguration/com.apple.nat NAT", """
                {
                    AirPort =     {
                        Enabled = 0;
                    };
                    Enabled = 1;
                    PrimaryInterface =     {
                        Device = en1;
                        Enabled = 0;
                    };
                }
                """);
        host.route("en5", "192.168.0.0/16").route("bridge100", "192.168.64.0/24");

        goldenJson(golden(host, "mac-13-intel.txt"), "mac-13-intel.json");
    }

    @Test
    void aMacOfMacOs26InAnotherTerminalAndWithAQemuOfIntels() throws Exception {
        RecordedHost host = RecordedMachines.mac("aarch64", "/usr/local", "26.1");
        RecordedMachines.firewall(
                host,
                "Firewall has block all state set to disabled.",
                "Total number of apps = 1\n1 : /usr/libexec/sshd-session\n             (Block incoming connections)\n",
                """
                Automatically allow built-in signed software ENABLED.
                Automatically allow downloaded signed software ENABLED.
                """);
        host.fails(
                "/usr/bin/codesign -d --entitlements - --xml /usr/local/bin/qemu-system-aarch64",
                "/usr/local/bin/qemu-system-aarch64: code object is not signed at all\n");
        host.environment.put("TERM_PROGRAM", "ghostty");
        host.file("/opt/homebrew/opt/socket_vmnet/bin/socket_vmnet", "");

        goldenJson(golden(host, "mac-26-apple-silicon.txt"), "mac-26-apple-silicon.json");
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
