package vmlan.tests.lan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import vmlan.tests.real.Await;
import vmlan.tests.real.Installation;
import vmlan.tests.real.Qemus;

/// The testbed itself, without vmlan's networks: what the other tests here take for granted.
@EnabledOnOs(OS.LINUX)
@ExtendWith(Evidence.class)
class TestLanTest {
    private static final String OK = " 0% packet loss";

    @Test
    void machinesReachEachOtherAndTheOutsideInBothFamilies() throws Exception {
        try (TestLan lan = TestLan.create(TestLan.Link.CABLE)) {
            MachineStation host = new MachineStation(lan, Machine.HOST);
            MachineStation other = new MachineStation(lan, Machine.OTHER);
            for (String address : java.util.List.of(
                    Machine.ROUTER.ipv4(),
                    Machine.ROUTER.ipv6(),
                    Machine.OTHER.ipv4(),
                    Machine.OTHER.ipv6(),
                    TestLan.OUTSIDE4,
                    TestLan.OUTSIDE6)) {
                assertThat(host.ping(address, 1)).contains(OK);
            }
            Station.Echoes before = other.echoes();
            host.ping(TestLan.BROADCAST, 2);
            host.ping("ff02::1%en0", 2);
            // ping ends with whoever answers first
            Await.until(
                    "two group frames of each family",
                    Words.LIMIT,
                    () -> Optional.of(other.echoes().since(before))
                            .filter(echoes -> echoes.ipv4() > 1 && echoes.ipv6() > 1),
                    () -> other.echoes().since(before).toString());
            assertThat(other.echoes().since(before)).as("group frames").isEqualTo(new Station.Echoes(2, 2));
        }
    }

    @Test
    void packetsBetweenMachinesAreLargerThanFramesAndTheirChecksumsUnfinished() throws Exception {
        try (TestLan lan = TestLan.create(TestLan.Link.CABLE)) {
            MachineStation router = new MachineStation(lan, Machine.ROUTER);
            MachineStation host = new MachineStation(lan, Machine.HOST);
            String sum = router.makeFile(20);
            Path dump = lan.folder().resolve("dump");
            Process tcpdump = lan.start(
                    Machine.HOST,
                    dump,
                    "tcpdump",
                    "-n",
                    "-l",
                    "-vv",
                    "-c",
                    "20",
                    "-i",
                    "en0",
                    "tcp and src host " + Machine.ROUTER.ipv4());
            Await.until(
                    "tcpdump",
                    Words.LIMIT,
                    () -> Files.readString(dump).contains("listening on") ? Optional.of(true) : Optional.empty(),
                    () -> Files.readString(dump));
            NicCounters before = NicCounters.of(lan, Machine.HOST);
            host.listen();
            router.send(Machine.HOST.ipv4());
            assertThat(host.received()).isEqualTo(sum);
            assertThat(NicCounters.of(lan, Machine.HOST).since(before).bytesPerReceived())
                    .as("bytes of what came in by en0, each")
                    .isGreaterThan(3000);
            assertThat(tcpdump.waitFor()).as(Files.readString(dump)).isZero();
            assertThat(Files.readString(dump)).contains("cksum").contains("(incorrect -> 0x");
        }
    }

    @Test
    void theAccessPointDropsAndCountsFramesOfAForeignStation() throws Exception {
        try (TestLan lan = TestLan.create(TestLan.Link.WIFI_LIKE)) {
            MachineStation host = new MachineStation(lan, Machine.HOST);
            assertThat(host.ping(Machine.OTHER.ipv4(), 1)).contains(OK);
            assertThat(host.ping(Machine.OTHER.ipv6(), 1)).contains(OK);
            assertThat(lan.foreignFrames()).isZero();
            NicCounters before = NicCounters.of(lan, Machine.HOST);
            host.ping("ff02::1%en0", 1);
            // ping ends with whoever answers first
            Await.until(
                    "the answers of router and other, and its own frame",
                    Words.LIMIT,
                    () -> Optional.of(NicCounters.of(lan, Machine.HOST).since(before))
                            .filter(passed -> passed.received() >= 3),
                    () -> NicCounters.of(lan, Machine.HOST).since(before).toString());

            lan.ip(Machine.HOST, "link set en0 address 02:00:00:00:77:99");
            assertThat(lan.tryIn(Machine.HOST, "ping", "-c", "2", "-W", "1", Machine.OTHER.ipv4())
                            .text())
                    .contains(" 100% packet loss");
            assertThat(lan.foreignFrames()).isPositive();
        }
    }

    @Test
    void aRealGuestOnTheBridgeGetsAllItsAddresses() throws Exception {
        try (LanGuests lan = LanGuests.create(TestLan.Link.CABLE, Qemus.QEMU_10, Machine.LAN)) {
            TapGuests.start(lan, "tap");
            GuestStation guest = lan.ready("tap");
            MachineStation router = lan.station(Machine.ROUTER);
            String lease = guest.ipv4();
            lan.lan().awaitLease(" " + guest.mac() + " " + lease + " ");
            assertThat(router.ping(lease, 1)).contains(OK);
            assertThat(router.ping(guest.ipv6(), 1)).contains(OK);
            String dhcpv6 = guest.dhcpv6();
            lan.lan().awaitLease(" " + dhcpv6 + " ");
            assertThat(router.ping(dhcpv6, 1)).contains(OK);
        }
    }

    @Test
    void whatAKilledRunHasLeftIsRemovedByTheNext() throws Exception {
        // a pid that nobody has and nobody gets (PID_MAX_LIMIT in include/linux/threads.h: 4 Mi)
        String name = "vmt999999999-" + ProcessHandle.current().pid() + "-lan";
        Words.of("ip", "netns", "add", name).good();
        LanNames.removeLeftovers();
        assertThat(Words.of("ip", "netns", "list").good()).doesNotContain(name);
    }

    @Test
    void aProgramThatNobodyEndedIsSaidAndEnded() throws Exception {
        TestLan lan = TestLan.create(TestLan.Link.CABLE);
        Process left = new Words(lan.words(Machine.OTHER, "sleep", "600"))
                .start(lan.folder().resolve("sleep"));
        Await.until(
                "sleep to be in its namespace",
                Installation.LIMIT,
                () -> Words.of("ip", "netns", "pids", lan.namespace(Machine.OTHER))
                                .good()
                                .contains(Long.toString(left.pid()))
                        ? Optional.of(true)
                        : Optional.empty(),
                () -> "");
        assertThatThrownBy(lan::close).isInstanceOf(AssertionError.class).hasMessageContaining("sleep 600");
        assertThat(left.isAlive()).isFalse();
        assertThat(Words.of("ip", "netns", "list").good()).doesNotContain(lan.namespace(Machine.OTHER));
    }
}
