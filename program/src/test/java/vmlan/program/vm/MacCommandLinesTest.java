package vmlan.program.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vmlan.program.config.Via;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.message.Progress;
import vmlan.program.message.ShellWords;
import vmlan.qemu.Accelerator;
import vmlan.qemu.AcceleratorProbe;
import vmlan.qemu.Disk;
import vmlan.qemu.Qemu;
import vmlan.qemu.RootStart;
import vmlan.qemu.UefiFirmware;
import vmlan.qemu.language.QemuVersion;

/// What `vmlan run --dry-run` prints on Macs up to macOS 15, with Homebrew's QEMU. `-Dvmlan.golden=write` writes the
/// files anew; read the difference then. None of these lines was run on a Mac.
class MacCommandLinesTest {
    private static final Path RESOURCES = Path.of("src/test/resources/vmlan/program/vm");
    private static final List<QemuVersion> VERSIONS = List.of(
            new QemuVersion(7, 2, 0), new QemuVersion(8, 2, 0), new QemuVersion(9, 2, 0), new QemuVersion(10, 0, 0));
    private static final Set<String> BACKENDS = Set.of("stream", "user", "vmnet-bridged", "vmnet-host", "vmnet-shared");

    @TempDir
    Path folder;

    enum Mac {
        INTEL("x86_64", "/usr/local", "mac-intel.txt"),
        APPLE_SILICON("aarch64", "/opt/homebrew", "mac-apple-silicon.txt");

        private final String architecture;
        private final Path brew;
        private final String file;

        Mac(String architecture, String brew, String file) {
            this.architecture = architecture;
            this.brew = Path.of(brew);
            this.file = file;
        }

        Qemu qemu(QemuVersion version) {
            return new Qemu(brew.resolve("bin/qemu-system-" + architecture), version, architecture, BACKENDS);
        }

        /// A PC boots by its BIOS.
        UefiFirmware firmware() {
            Path share = brew.resolve("share/qemu");
            return this == INTEL
                    ? null
                    : new UefiFirmware(
                            share.resolve("edk2-aarch64-code.fd"), "raw", share.resolve("edk2-arm-vars.fd"), "raw");
        }
    }

    @ParameterizedTest
    @EnumSource(Mac.class)
    void linesAreWhatTheGoldenFileSays(Mac mac) throws Exception {
        StringBuilder made = new StringBuilder();
        for (QemuVersion version : VERSIONS) {
            made.append("QEMU ").append(version.major()).append('.').append(version.minor());
            List<String> usual = options(line(mac, version, "shared", Via.ENGINE));
            made.append("\n\n$ vmlan run --name web --via engine --net shared disk.qcow2\n");
            usual.forEach(option -> made.append("  ").append(option).append('\n'));
            for (Via via : List.of(Via.ENGINE, Via.VMNET, Via.SOCKET_VMNET, Via.QEMU)) {
                for (String net : List.of("shared", "host", "bridged:en0", "bridged:en0,isolated", "private")) {
                    if (via != Via.ENGINE || !net.equals("shared")) {
                        made.append("\n$ vmlan run --name web --via ")
                                .append(via.key())
                                .append(" --net ")
                                .append(net)
                                .append(" disk.qcow2\n")
                                .append(difference(mac, version, net, via, usual));
                    }
                }
            }
            made.append('\n');
        }
        Path golden = RESOURCES.resolve(mac.file);
        if ("write".equals(System.getProperty("vmlan.golden"))) {
            Files.writeString(golden, made);
        }
        assertThat(made.toString()).isEqualTo(Files.readString(golden));
    }

    /// What another line has and the first one has not (+), and the other way round (-), in their order.
    private String difference(Mac mac, QemuVersion version, String net, Via via, List<String> usual)
            throws IOException {
        List<String> options;
        try {
            options = options(line(mac, version, net, via));
        } catch (Failure e) {
            return "  no " + e.what() + "\n     → " + e.remedy() + "\n";
        }
        StringBuilder text = new StringBuilder();
        usual.stream()
                .filter(option -> !options.contains(option))
                .forEach(option -> text.append("- ").append(option).append('\n'));
        options.stream()
                .filter(option -> !usual.contains(option))
                .forEach(option -> text.append("+ ").append(option).append('\n'));
        return text.isEmpty() ? "  the same\n" : text.toString();
    }

    private List<String> line(Mac mac, QemuVersion version, String net, Via via) throws Failure, IOException {
        Places places = Places.of(
                Map.of("HOME", made("home").toString(), "TMPDIR", made("T").toString()), true, 501);
        VmStore store = new VmStore(places, message -> {
            throw new AssertionError(message);
        });
        NicSpec nic = NicSpec.parse(net, via, true);
        VmSpec spec = new VmSpec(
                mac.architecture,
                List.of(new VmDisk(Path.of("/Users/me/disk.qcow2"), "qcow2", Disk.Kind.DISK)),
                List.of(nic),
                2,
                1 << 30,
                List.of(),
                List.of(),
                List.of());
        VmPlan plan = new VmPlan(
                mac.qemu(version),
                new AcceleratorProbe.Chosen(Accelerator.HVF, "as on a Mac"),
                null,
                mac.firmware(),
                null,
                spec);
        List<NicPlan> nics =
                NicPlan.choose("web", List.of(nic), Optional.empty(), Map.of(), MacChooser.ofKey(new byte[16]));
        RootStart root = nic.isOfQemu() ? new RootStart("me") : null;
        Progress silent =
                new Progress(new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8), false);
        return new QemuLaunch(places, store, silent, root).typed(plan, "web", nics);
    }

    private Path made(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }

    /// The words up to QEMU's name, then an option with its value each.
    private List<String> options(List<String> line) {
        List<String> options = new ArrayList<>();
        List<String> option = new ArrayList<>();
        boolean qemu = false;
        for (String word : line) {
            if (qemu && word.startsWith("-")) {
                options.add(written(option));
                option.clear();
            }
            option.add(word);
            qemu = qemu || word.contains("qemu-system");
        }
        options.add(written(option));
        return options;
    }

    private String written(List<String> words) {
        return ShellWords.join(words)
                .replace(folder.resolve("home").toString(), "/Users/me")
                .replace(folder.resolve("T").toString(), "/var/folders/zz/me/T");
    }
}
