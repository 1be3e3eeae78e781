package vmlan.qemu.language.reading;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.Finding;
import vmlan.qemu.language.NetworkOption;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.QemuVersion;
import vmlan.qemu.language.Reading;
import vmlan.qemu.language.Surroundings;
import vmlan.qemu.language.backend.BareHost;

/// Fast and without a QEMU; the differential test in `tests/` has the many lines, and QEMU itself.
class NetworkLanguageTest {
    private static final Set<String> BACKENDS =
            Set.of("user", "tap", "bridge", "socket", "stream", "dgram", "vde", "hubport", "l2tpv3", "vhost-user");
    private static final List<Dialect.Driver> DRIVERS = List.of(
            new Dialect.Driver("e1000", "e1000-82540em", "PCI", true),
            new Dialect.Driver("virtio-net-pci", "virtio-net", "PCI", true),
            new Dialect.Driver("virtio-blk-pci", "virtio-blk", "PCI", false));

    private static Dialect dialect(QemuVersion version) {
        return new Dialect(
                "qemu-system-x86_64",
                version,
                "x86_64",
                BACKENDS,
                List.of("e1000", "e1000e", "virtio-net-pci"),
                "e1000e",
                "q35",
                DRIVERS);
    }

    private static final Dialect OLD = dialect(new QemuVersion(7, 2, 22));
    private static final Dialect NEW = dialect(new QemuVersion(10, 0, 13));

    private static Reading read(Dialect dialect, String line) {
        return NetworkLanguage.read(QemuLine.parse(Arrays.asList(line.split(" "))), dialect, BareHost.plain());
    }

    private static List<String> said(Dialect dialect, String line) {
        return read(dialect, line).printed().stream()
                .map(finding -> finding.line("qemu-system-x86_64"))
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-netdev user | -netdev user: Parameter 'id' is missing",
                "-netdev foo,id=n0 | -netdev foo,id=n0: Parameter 'type' does not accept value 'foo'",
                "-netdev user,id=n0,bogus=1 | -netdev user,id=n0,bogus=1: Invalid parameter 'bogus'",
                "-netdev netmap,id=n0,ifname=x | -netdev netmap,id=n0,ifname=x: network backend 'netmap' is not compiled into"
                        + " this binary",
                "-nic vmnet-bridged | -nic vmnet-bridged: Parameter 'type' does not accept value 'vmnet-bridged'",
                "-nic user,mac=x | -nic user,mac=x: invalid syntax for ethernet address",
                "-nic user,mac=01:00:00:00:00:00 | -nic user,mac=01:00:00:00:00:00: NIC cannot have multicast MAC address",
                "-netdev stream,id=n0 | -netdev stream,id=n0: Parameter 'addr' is missing",
                "-device foo,netdev=n0 | -device foo,netdev=n0: 'foo' is not a valid device model name",
                "-device e1000,netdev=n0 | -device e1000,netdev=n0: Property 'e1000.netdev' can't find value 'n0'",
                "-device virtio-net,mac=x | -device virtio-net,mac=x: Property 'virtio-net-device.mac' doesn't take value 'x'",
                "-net nic,netdev=x | -net nic,netdev=x: netdev 'x' not found",
                "-foo | -foo: invalid option",
                "-nic | -nic: requires an argument"
            })
    void aMistakeIsRefusedInQemusWords(String line, String text) {
        assertThat(said(NEW, line)).containsExactly("qemu-system-x86_64: " + text);
        assertThat(read(NEW, line).isRefused()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-netdev user,id=n0 -set netdev.n0.bogus=on | -netdev user,id=n0: Invalid parameter 'bogus'",
                "-set netdev.n0.net=x -netdev user,id=n0 | -set netdev.n0.net=x: there is no netdev \"n0\" defined",
                "-netdev user,id=n0 -set netdev.n0 | -set netdev.n0: can't parse: \"netdev.n0\"",
                "-set machine.a.b=c | -set machine.a.b=c: -set is not supported with machine",
                "-netdev user,id=n0 -device e1000,netdev=n0,mq=on | -device e1000,netdev=n0,mq=on: Property 'e1000.mq' not found",
                "-readconfig /a/folder | -readconfig /a/folder: Could not open '/a/folder': No such file or directory"
            })
    void whatIsSetLaterAndWhatDriversHaveCounts(String line, String text) {
        Dialect asked = NEW.knowing(Map.of("e1000", Set.of("mac", "netdev", "bootindex")));
        assertThat(said(asked, line)).containsExactly("qemu-system-x86_64: " + text);
        assertThat(read(asked, line).findings().getFirst().remedy()).doesNotContain("manual");
    }

    @Test
    void anOptionKnowsTheArgumentsThatItWasMadeOf() {
        Reading reading = read(
                NEW,
                "-netdev user,id=n0 -device e1000,netdev=n0 -set netdev.n0.type=hubport" + " -set netdev.n0.hubid=1");
        NetworkOption option = reading.options().getFirst();
        assertThat(option.type()).isEqualTo("hubport");
        assertThat(option.settings().value("hubid")).contains("1");
        assertThat(option.set())
                .extracting(QemuLine.Argument::value)
                .containsExactly("netdev.n0.type=hubport", "netdev.n0.hubid=1");
        assertThat(reading.nics().getFirst().backend()).isEqualTo(option);
    }

    @Test
    void aKeyMayBeNestedAsDeepAsALineIsLong() {
        assertThat(said(NEW, "-netdev stream,id=a," + "a.".repeat(9000) + "x=1").getFirst())
                .endsWith("Parameter 'addr' is missing");
    }

    @Test
    void aFileThatCanBeReadOnlyOnceIsLeftToQemu() {
        Surroundings pipes = new OneReader();
        Reading reading = NetworkLanguage.read(QemuLine.parse(List.of("-readconfig", "/dev/fd/63")), NEW, pipes);
        assertThat(reading.findings()).isEmpty();
        assertThat(reading.unread()).extracting(QemuLine.Argument::value).containsExactly("/dev/fd/63");
    }

    @Test
    void whatFollowsFromARefusedNetIsNotSaidToo() {
        for (String net : List.of("user,hostfwd=x", "user,bogus=1", "tap,fd=9,ifname=x")) {
            assertThat(read(NEW, "-net nic -net " + net).findings()).as(net).hasSize(1);
        }
        assertThat(read(NEW, "-net nic,macaddr=x -net user").findings()).hasSize(1);
        assertThat(read(NEW, "-net nic,bogus=1 -net user").findings()).hasSize(1);
    }

    @Test
    void aPortThatALineHasTwiceIsTheLinesOwnMistake() {
        Finding finding = read(NEW, "-nic user,hostfwd=tcp::2222-:22 -nic user,hostfwd=tcp::2222-:22")
                .findings()
                .getFirst();
        assertThat(finding.text()).isEqualTo("Could not set up host forwarding rule 'tcp::2222-:22'");
        assertThat(finding.remedy()).isEqualTo("the line has port 2222 twice: use another one here, or there");
    }

    @Test
    void aGlobalPropertyJoinsADeviceToItsNetdev() {
        String line = "-netdev user,id=n0 -device e1000 -global e1000.netdev=n0";
        assertThat(read(NEW, line).findings()).isEmpty();
        assertThat(read(NEW, line).nics().getFirst().backend().type()).isEqualTo("user");
    }

    /// 3000 of each took more than half a minute where each was compared with all.
    @Test
    @Timeout(10)
    void aLongLineTakesAsLongAsItIs() {
        String line = IntStream.range(0, 3000)
                .mapToObj(i -> "-netdev user,id=n" + i + ",hostfwd=tcp::" + (2000 + i) + "-:22,hostfwd=udp::"
                        + (2000 + i) + "-:22 -device e1000,netdev=n" + i + ",mac=52:54:01:00:"
                        + "%02x:%02x".formatted(i >> 8, i & 255))
                .collect(Collectors.joining(" "));
        assertThat(read(NEW, line).findings()).isEmpty();
    }

    @Test
    void theMacsMistakeIsFoundWhereVmnetIsKnown() {
        Dialect mac = new Dialect(
                "qemu-system-x86_64",
                new QemuVersion(10, 0, 0),
                "x86_64",
                Set.of("user", "vmnet-bridged"),
                List.of(),
                null);
        assertThat(said(mac, "-nic vmnet-bridged"))
                .containsExactly("qemu-system-x86_64: -nic vmnet-bridged: Parameter 'ifname' is missing");
    }

    @Test
    void versionsDiffer() {
        assertThat(said(OLD, "-nic user,model=foo")).containsExactly("qemu-system-x86_64: Unsupported NIC model: foo");
        assertThat(said(NEW, "-nic user,model=foo"))
                .containsExactly(
                        "qemu-system-x86_64: warning: netdev #net0 has no peer",
                        "qemu-system-x86_64: warning: requested NIC (anonymous, model foo) was not created (not supported"
                                + " by this machine?)");
        assertThat(read(NEW, "-nic user,model=foo").isRefused()).isFalse();
        assertThat(said(OLD, "-singlestep")).isEmpty();
        assertThat(said(NEW, "-singlestep")).containsExactly("qemu-system-x86_64: -singlestep: invalid option");
        assertThat(said(dialect(new QemuVersion(11, 0, 0)), "-brand-new")).isEmpty();
    }

    @Test
    void whoHasNoPeerIsWarnedOfInTheOrderInWhichItIsMade() {
        assertThat(said(
                        NEW,
                        "-device e1000 -nodefaults -netdev user,id=b -netdev stream,id=a,addr.type=unix,addr.path=/x"))
                .containsExactly(
                        "qemu-system-x86_64: warning: netdev a has no peer",
                        "qemu-system-x86_64: warning: netdev b has no peer",
                        "qemu-system-x86_64: warning: nic e1000.0 has no peer");
        assertThat(said(NEW, "-device e1000"))
                .as("there is the default network")
                .isEmpty();
    }

    @Test
    void qemuStopsAtTheFirstErrorOfItsOwnOrderAndTheRestIsFoundTooAndNothingThatFollowsFromIt() {
        Reading reading =
                read(NEW, "-device e1000,netdev=n0 -netdev user,id=n0,restrict=maybe -nic user,mac=x -netdev stream");
        assertThat(reading.findings().stream().map(Finding::text))
                .containsExactly(
                        "Parameter 'id' is missing",
                        "Parameter 'restrict' expects 'on' or 'off'",
                        "invalid syntax for ethernet address");
        assertThat(reading.printed()).hasSize(1);
    }

    @Test
    void anIdHasARuleAndIsThereOnce() {
        assertThat(said(NEW, "-netdev user,id=1x"))
                .containsExactly("qemu-system-x86_64: -netdev user,id=1x: Parameter 'id' expects an identifier\n"
                        + "Identifiers consist of letters, digits, '-', '.', '_', starting with a letter.");
        assertThat(said(NEW, "-netdev user,id=a -netdev user,id=a"))
                .containsExactly("qemu-system-x86_64: -netdev user,id=a: Duplicate ID 'a' for netdev");
        assertThat(said(NEW, "-nic user,id=a -netdev user,id=a"))
                .containsExactly("qemu-system-x86_64: -nic user,id=a: Duplicate ID 'a'");
    }

    @Test
    void aFlagIsDeprecatedAndOneOfHelpIsNot() {
        assertThat(said(NEW, "-nic user,norestrict"))
                .containsExactly("qemu-system-x86_64: -nic user,norestrict: warning: short-form boolean option"
                        + " 'norestrict' deprecated\nPlease use restrict=off instead");
        assertThat(said(NEW, "-device e1000,help -nic foo"))
                .as("a help ends QEMU")
                .isEmpty();
    }

    @Test
    void whatQemuAcceptsInSilenceIsFound() {
        Reading reading = read(
                NEW,
                "-nic user -nic user,mac=52:54:00:12:34:56 -nodefaults -netdev user,id=n0 -device"
                        + " e1000,netdev=n0,mac=01:54:00:12:34:56");
        assertThat(reading.printed()).isEmpty();
        assertThat(reading.findings()).hasSize(2).allMatch(finding -> finding.severity() == Finding.Severity.SILENT);
        assertThat(reading.findings().getFirst().text())
                .startsWith("two NICs have the MAC address 52:54:00:12:34:56: this one and that of -nic user");
    }

    @Test
    void aFileOfReadconfigIsReadAndItsPlaceNamed() {
        String file = """
                # a comment
                [netdev "n0"]
                  type = "user"
                  restrict = "maybe"

                [device "net0"]
                  driver = "e1000"
                  netdev = "n0"
                """;
        QemuLine line = QemuLine.parse(List.of("-readconfig", "vm.cfg"));
        Reading reading = NetworkLanguage.read(line, NEW, new BareHost(Set.of(), List.of()) {
            @Override
            public Optional<String> text(Path path) {
                return path.toString().equals("vm.cfg") ? Optional.of(file) : Optional.empty();
            }
        });
        assertThat(reading.printed().getFirst().line("qemu"))
                .isEqualTo("qemu:vm.cfg:4: Parameter 'restrict' expects 'on' or 'off'");
        assertThat(reading.nics()).hasSize(1);
        assertThat(reading.nics().getFirst().backend().id()).contains("n0");
        assertThat(reading.hasDefaultNetwork()).isTrue();
        assertThat(NetworkLanguage.read(line, NEW, BareHost.plain())
                        .printed()
                        .getFirst()
                        .line("qemu"))
                .isEqualTo("qemu: -readconfig vm.cfg: Could not open 'vm.cfg': No such file or directory");
    }

    @Test
    void whatTheGuestHasIsJoinedToItsBackends() {
        Reading reading = read(
                NEW,
                "-nic tap,model=e1000 -netdev user,id=n0 -device virtio-net-pci,netdev=n0,mac=52:54:00:00:00:01"
                        + " -net nic -net user -device virtio-blk,drive=x");
        assertThat(reading.nics().stream()
                        .map(nic -> nic.model() + " " + nic.mac() + " "
                                + nic.backend().type()))
                .containsExactly("e1000 null tap", "virtio-net-pci 52:54:00:00:00:01 user", "null null user");
        assertThat(reading.options()).hasSize(5);
    }

    @Test
    void noWordsMakeItThrow() {
        long seed = Long.getLong("vmlan.test.seed", 20261129L);
        var random = new java.util.Random(seed);
        List<String> words = List.of(
                "-nic",
                "-netdev",
                "-net",
                "-device",
                "-M",
                "-readconfig",
                "user",
                ",id=a",
                ",",
                "=",
                "stream",
                "nic",
                "hubport",
                "hubid=",
                "99999999999999999999",
                "tap,queues=7",
                "mac=",
                ":",
                "e1000",
                ",netdev=a",
                "{",
                "}",
                "\"type\":",
                "\"id\"",
                "help",
                "model",
                "ipv6-net=/",
                "vectors=",
                "macaddr=",
                "-",
                "ä",
                "addr.type=unix");
        for (int i = 0; i < 30_000; i++) {
            List<String> line = new java.util.ArrayList<>();
            for (int n = random.nextInt(8); n > 0; n--) {
                StringBuilder word = new StringBuilder();
                for (int pieces = 1 + random.nextInt(4); pieces > 0; pieces--) {
                    word.append(words.get(random.nextInt(words.size())));
                }
                line.add(random.nextBoolean() ? words.get(random.nextInt(6)) : word.toString());
            }
            Dialect dialect = i % 2 == 0 ? OLD : NEW;
            try {
                Reading reading = NetworkLanguage.read(QemuLine.parse(line), dialect, BareHost.plain());
                assertThat(reading.line().words()).isEqualTo(line);
            } catch (RuntimeException e) {
                throw new AssertionError("vmlan.test.seed=" + seed + ": " + line, e);
            }
        }
    }

    /// Where every file is a pipe.
    private static final class OneReader implements Surroundings {
        @Override
        public boolean exists(Path file) {
            return true;
        }

        @Override
        public boolean isUnreadable(Path file) {
            return true;
        }

        @Override
        public boolean listens(Path socket) {
            return false;
        }

        @Override
        public boolean isOpen(int descriptor) {
            return true;
        }

        @Override
        public List<String> bridgeableNics() {
            return List.of();
        }

        @Override
        public int longestSocketPath() {
            return 107;
        }
    }
}
