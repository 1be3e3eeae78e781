package vmlan.tests.real;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vmlan.program.files.Fields;
import vmlan.qemu.Qemu;
import vmlan.qemu.demo.DemoGuest;
import vmlan.qemu.demo.DemoImage;

/// A QEMU that somebody starts as docs/qemu-by-hand.md says.
class HandTest {
    private static final String MAC = "52:54:00:aa:bb:cc";

    @ParameterizedTest
    @EnumSource(Qemus.class)
    void aQemuStartedByHandGetsALeaseAndAPortThatGoesWithIt(Qemus qemu) throws Exception {
        try (Installation vmlan = Installation.create(qemu)) {
            List<String> commands = Document.of("qemu-by-hand.md").commands();
            int call = indexOfQemu(commands);
            String script = String.join("\n", commands.subList(0, call)) + "\nexec " + commands.get(call);
            Installation.Running running = vmlan.launch(
                    Installation.Redirect.NOTHING,
                    List.of(
                            "sh",
                            "-e",
                            "-c",
                            withDemoGuest(script, qemu, vmlan)
                                    .replace("./vmlan", Installation.launcher().toString())));
            try {
                Fields lease = Await.until(
                        "a lease of " + MAC,
                        Installation.LIMIT,
                        () -> lease(vmlan),
                        () -> running.output() + running.errors());
                assertThat(vmlan.ping("shared", lease.text("ipv4"), Duration.ofSeconds(60)))
                        .as("ping")
                        .isTrue();
                assertThat(ports(vmlan)).containsExactly("hand-1");
                assertThat(vmlan.ps()).as("it is not one of ours").isEmpty();
            } finally {
                running.process().destroy();
                running.await();
            }
            Await.until(
                    "the end of the port",
                    Duration.ofSeconds(60),
                    () -> ports(vmlan).isEmpty() ? Optional.of(true) : Optional.empty(),
                    () -> ports(vmlan).toString());
        }
    }

    private static int indexOfQemu(List<String> commands) {
        for (int i = 0; i < commands.size(); i++) {
            if (commands.get(i).startsWith("qemu-system-x86_64 ")) {
                return i;
            }
        }
        throw new AssertionError("the page starts no QEMU");
    }

    /// The page's line with a guest in place of the reader's disk, the QEMU that is tested, and what the page says
    /// of QEMU 7.2.
    private static String withDemoGuest(String script, Qemus qemu, Installation vmlan) throws Exception {
        DemoImage demo = DemoGuest.prepare(Qemu.hostArchitecture(), vmlan.home().resolve("cache"), step -> {});
        String changed = script.replace(
                        "-drive file=disk.qcow2,if=virtio",
                        "-kernel " + demo.kernel() + " -initrd " + demo.initrd() + " -append '" + demo.append() + "'")
                .replace("-m 1G", "-m 256M")
                .replace("qemu-system-x86_64 ", qemu.folder().resolve("qemu-system-x86_64") + " ");
        assertThat(changed).contains("-kernel", "-m 256M", "reconnect-ms=250,");
        return qemu == Qemus.QEMU_7 ? changed.replace("reconnect-ms=250,", "") : changed;
    }

    private static Optional<Fields> lease(Installation vmlan) throws Exception {
        return Installation.list(vmlan.vmlan("leases", "--json").good()).stream()
                .filter(lease -> lease.text("mac").equals(MAC))
                .findFirst();
    }

    private static List<String> ports(Installation vmlan) throws Exception {
        return Installation.object(
                        vmlan.vmlan("network", "show", "shared", "--json").good())
                .objects("ports")
                .stream()
                .map(port -> port.text("id"))
                .toList();
    }
}
