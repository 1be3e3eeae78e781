package vmlan.program.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vmlan.network.dhcp.Lease;
import vmlan.network.gateway.Neighbour;
import vmlan.packet.Ipv4Address;
import vmlan.packet.MacAddress;

/// What a network's clock says across its processes, sleeps, settings of the time of day and starts of the host.
class NetworkClockTest {
    private static final String BOOT = "0d2c1f0a-0000-4000-8000-000000000001";
    private static final long HOUR = TimeUnit.HOURS.toNanos(1);
    private static final long NOON = TimeUnit.SECONDS.toNanos(1_800_000_000L);

    @TempDir
    private Path folder;

    private final List<String> log = new ArrayList<>();

    /// What the next process' clock says at its start.
    private long start(String boot, long nanoTime, long timeOfDay) throws Exception {
        try (StateKeeper keeper = new StateKeeper(log::add)) {
            return timeOfDay + new NetworkClock(folder, log::add).aheadNanos(keeper, boot, nanoTime, timeOfDay);
        }
    }

    @Test
    void theFirstProcessHasTheTimeOfDay() throws Exception {
        assertThat(start(BOOT, 7 * HOUR, NOON)).isEqualTo(NOON);
    }

    @Test
    void theNextOneCountsOnWhatTheHostWasAwake() throws Exception {
        start(BOOT, 7 * HOUR, NOON);
        assertThat(start(BOOT, 8 * HOUR, NOON + HOUR)).isEqualTo(NOON + HOUR);
        assertThat(start(BOOT, 9 * HOUR, NOON + 10 * HOUR))
                .as("8 hours of sleep")
                .isEqualTo(NOON + 2 * HOUR);
        assertThat(start(BOOT, 10 * HOUR, NOON - 1000 * HOUR)).as("set back").isEqualTo(NOON + 3 * HOUR);
        assertThat(start(BOOT, 11 * HOUR, NOON + 1000 * HOUR)).as("set forward").isEqualTo(NOON + 4 * HOUR);
    }

    @Test
    void afterAStartOfTheHostItIsTheTimeOfDayAgain() throws Exception {
        start(BOOT, 7 * HOUR, NOON);
        String next = BOOT.replace('1', '2');
        assertThat(start(next, 1, NOON + 5 * HOUR)).isEqualTo(NOON + 5 * HOUR);
        assertThat(start(next, 1 + HOUR, NOON + 9 * HOUR)).isEqualTo(NOON + 6 * HOUR);
    }

    @Test
    void whereStartsCannotBeToldApartItIsTheTimeOfDay() throws Exception {
        start(BOOT, 7 * HOUR, NOON);
        assertThat(start(null, 8 * HOUR, NOON + 5 * HOUR)).isEqualTo(NOON + 5 * HOUR);
    }

    @Test
    void aFileThatMakesNoSenseBeginsAnew() throws Exception {
        Path file = folder.resolve("clock.json");
        Files.writeString(file, "{");
        assertThat(start(BOOT, 7 * HOUR, NOON)).isEqualTo(NOON);
        assertThat(log).singleElement().asString().contains("clock.json is damaged");
        Files.writeString(file, "{\"boot\": \"" + BOOT + "\", \"nanoTime\": \"x\"}");
        assertThat(start(BOOT, 7 * HOUR, NOON)).isEqualTo(NOON);
        Files.writeString(file, "{\"boot\": \"" + BOOT + "\", \"nanoTime\": " + 9 * HOUR + ", \"nanos\": 5}");
        assertThat(start(BOOT, 7 * HOUR, NOON))
                .as("from another namespace of time")
                .isEqualTo(NOON);
        assertThat(start(BOOT, 8 * HOUR, 0)).as("and is whole then").isEqualTo(NOON + HOUR);
    }

    /// The time of day was set back before the host's start: a lease must not last for years.
    @Test
    void nothingOnDiskIsFurtherInTheFutureThanCanBe() throws Exception {
        MacAddress mac = MacAddress.parse("52:54:00:00:00:01");
        Ipv4Address address = Ipv4Address.parse("192.168.64.2");
        long leaseTime = TimeUnit.SECONDS.toNanos(NetworkSettings.LEASE_SECONDS);
        long given = NOON + 10_000 * HOUR;
        Lease farAway = new Lease(mac, address, null, given + leaseTime, given);
        try (StateKeeper keeper = new StateKeeper(log::add)) {
            NetworkState state = new NetworkState(folder, keeper);
            state.save(List.of(farAway), List.of(new Neighbour(mac, null, address, NOON + 9_999 * HOUR)));
            state.settle();
            NetworkState next = new NetworkState(folder, keeper);
            assertThat(next.knownLeases(log::add, NOON))
                    .containsExactly(new Lease(mac, address, null, NOON + leaseTime, NOON));
            assertThat(next.knownNeighbours(log::add, NOON)).containsExactly(new Neighbour(mac, null, address, NOON));
            assertThat(new NetworkState(folder, keeper).knownLeases(log::add, given + HOUR))
                    .as("one that fits is as it was")
                    .containsExactly(farAway);
        }
    }
}
