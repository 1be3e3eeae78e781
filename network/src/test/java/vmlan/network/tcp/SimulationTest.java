package vmlan.network.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import vmlan.network.tcp.transfer.Simulation;
import vmlan.network.tcp.transfer.Transfer;
import vmlan.network.tcp.transfer.Weather;

/// Two stacks and a bad cable. Another seed: `-Dvmlan.seed=…`; one run alone: `-Dvmlan.run=…`, with
/// `-Dvmlan.trace=…` for the segments of one of its transfers.
class SimulationTest {
    private static final long SEED = Long.getLong("vmlan.seed", 20_260_101);
    private static final long LIMIT_SECONDS = 3600;
    private static final int RUNS = 100;
    private static final int TRANSFERS = 12;
    private static final long LIMIT_BYTES = 400_000;

    private static final int[] MTUS = {1500, 1280, 9000, 1420, 65_535};

    private static TcpSettings settings(int mtu) {
        return new TcpSettings(mtu, 1000, 2000, 1 << 20, 64 << 20, 128 << 20);
    }

    private static List<String> run(long run, Weather weather, String name) {
        SplittableRandom random = new SplittableRandom(SEED + run);
        int first = MTUS[random.nextInt(MTUS.length)];
        int second = MTUS[random.nextInt(MTUS.length)];
        Simulation simulation = new Simulation(random.nextLong(), weather, settings(first), settings(second));
        for (int i = 0; i < TRANSFERS; i++) {
            simulation.add(Transfer.of(random.nextLong() >>> 8, LIMIT_BYTES));
        }
        simulation.trace(Integer.getInteger("vmlan.trace", -20_000));
        List<String> failures = new ArrayList<>(simulation.run(LIMIT_SECONDS));
        boolean settled = simulation.settle(LIMIT_SECONDS);
        System.out.printf(
                "%-5s run %3d  mtu %5d %5d  %5d KiB in %7.1f s  %6d frames  lost %5d  twice %4d  corrupt %4d  "
                        + "held back %4d  sent again %5d%n",
                name,
                run,
                first,
                second,
                simulation.bytes() / 1024,
                simulation.seconds(),
                simulation.link(0).sent() + simulation.link(1).sent(),
                simulation.link(0).lost() + simulation.link(1).lost(),
                simulation.link(0).duplicated() + simulation.link(1).duplicated(),
                simulation.link(0).corrupted() + simulation.link(1).corrupted(),
                simulation.link(0).heldBack() + simulation.link(1).heldBack(),
                simulation.side(0).stack().counters().retransmits()
                        + simulation.side(1).stack().counters().retransmits());
        if (!settled) {
            failures.add("flows are left");
        }
        return failures;
    }

    @Test
    void everyByteArrivesInAnyWeather() {
        Weather[] weathers = {Weather.FINE, Weather.FAIR, Weather.FOUL, Weather.STORM};
        String[] names = {"fine", "fair", "foul", "storm"};
        long only = Long.getLong("vmlan.run", -1);
        List<String> failures = new ArrayList<>();
        for (int run = 0; run < RUNS; run++) {
            if (only < 0 || run == only) {
                String again = "-Dtest=SimulationTest -Dvmlan.seed=%d -Dvmlan.run=%d: ".formatted(SEED, run);
                run(run, weathers[run % 4], names[run % 4]).forEach(failure -> failures.add(again + failure));
            }
        }
        assertThat(failures).isEmpty();
    }
}
