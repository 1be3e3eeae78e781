package vmlan.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MacTableTest {
    private static final long AGE = 1000;
    private static final int CAPACITY = 64;

    private final MacTable table = new MacTable(CAPACITY, AGE, 42);
    private final SwitchPort good = new SwitchPort("good", 0, false);
    private final SwitchPort bad = new SwitchPort("bad", 1, false);
    private final SwitchPort third = new SwitchPort("third", 2, false);

    @Test
    void aPortThatMakesUpAddressesReplacesItsOwn() {
        for (long mac = 1; mac <= 8; mac++) {
            table.learn(mac, good, 2, 0);
        }
        for (long mac = 1000; mac < 100_000; mac++) {
            table.learn(mac, bad, 2, 0);
        }
        for (long mac = 1; mac <= 8; mac++) {
            assertThat(table.lookup(mac, 0)).as("address %d", mac).isSameAs(good);
        }
        assertThat(bad.entryCount).isEqualTo(CAPACITY / 2);
        assertThat(table.lookup(99_999, 0)).isSameAs(bad);
        assertThat(table.lookup(1000, 0)).isNull();
    }

    @Test
    void inAFullTableANewcomerTakesThePlaceOfWhoHasMoreThanItsShare() {
        for (long mac = 1; mac <= CAPACITY / 2; mac++) {
            table.learn(mac, good, 3, 0);
            table.learn(1000 + mac, bad, 3, 0);
        }
        assertThat(table.size()).isEqualTo(CAPACITY);
        table.learn(5000, third, 3, 0);
        assertThat(table.lookup(5000, 0)).isSameAs(third);
        assertThat(table.size()).isEqualTo(CAPACITY);
    }

    @Test
    void inAFullTableAnAgedAddressGivesWayFirst() {
        for (long mac = 1; mac <= CAPACITY / 2; mac++) {
            table.learn(mac, good, 100, 0);
        }
        for (long mac = 1; mac <= CAPACITY / 2; mac++) {
            table.learn(1000 + mac, bad, 1, AGE + 1);
        }
        table.learn(5000, third, 1, AGE + 1);
        assertThat(table.lookup(5000, AGE + 1)).isSameAs(third);
        assertThat(bad.entryCount).isEqualTo(CAPACITY / 2);
    }

    @Test
    void pinnedAddressesAreNeverReplaced() {
        assertThat(table.pin(7, good, 0)).isTrue();
        for (long mac = 1000; mac < 10_000; mac++) {
            table.learn(mac, good, 1, 0);
            table.learn(100_000 + mac, bad, 1, 0);
        }
        assertThat(table.lookup(7, 10 * AGE)).isSameAs(good);
        assertThat(table.learn(7, bad, 1, 0)).isFalse();
    }

    @Test
    void theAddressZeroIsNotLearned() {
        assertThat(table.learn(0, good, 1, 0)).isTrue();
        assertThat(table.size()).isZero();
    }

    /// Against a map, under everything that changes the table; addresses from a small range so that they
    /// meet again.
    @Test
    void itAgreesWithAMapUnderRandomUse() {
        long seed = Long.getLong("vmlan.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        MacTable roomy = new MacTable(1024, AGE, random.nextLong());
        List<SwitchPort> ports = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ports.add(new SwitchPort("p" + i, i, false));
        }
        Map<Long, SwitchPort> where = new HashMap<>();
        Map<Long, Long> when = new HashMap<>();
        long now = 0;
        for (int step = 0; step < 200_000; step++) {
            long mac = 1L + random.nextInt(200);
            SwitchPort port = ports.get(random.nextInt(ports.size()));
            now += random.nextInt(10);
            switch (random.nextInt(100)) {
                case 0 -> {
                    roomy.forget(port);
                    where.values().removeIf(other -> other == port);
                }
                case 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 -> {
                    roomy.learn(mac, port, ports.size(), now);
                    where.put(mac, port);
                    when.put(mac, now);
                }
                default -> {
                    if (where.containsKey(mac) && now - when.get(mac) > AGE) {
                        where.remove(mac);
                    }
                    assertThat(roomy.lookup(mac, now))
                            .as("-Dvmlan.seed=%d step %d", seed, step)
                            .isSameAs(where.get(mac));
                }
            }
        }
        int counted = ports.stream().mapToInt(port -> port.entryCount).sum();
        assertThat(roomy.size()).isEqualTo(counted);
    }

    @Test
    void aFullTableUnderRandomUseStaysWhole() {
        long seed = Long.getLong("vmlan.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        List<SwitchPort> ports = List.of(good, bad, third);
        for (int step = 0; step < 200_000; step++) {
            SwitchPort port = ports.get(random.nextInt(3));
            long mac = 1L + random.nextInt(500);
            table.learn(mac, port, 3, step / 100);
            SwitchPort found = table.lookup(mac, step / 100);
            assertThat(found == null || found == port)
                    .as("-Dvmlan.seed=%d step %d", seed, step)
                    .isTrue();
            assertThat(table.size())
                    .isLessThanOrEqualTo(CAPACITY)
                    .isEqualTo(good.entryCount + bad.entryCount + third.entryCount);
        }
        assertThat(table.size()).isGreaterThan(CAPACITY / 2);
        ports.forEach(table::forget);
        assertThat(table.size()).isZero();
    }
}
