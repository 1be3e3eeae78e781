package vmlan.network.tcp.transfer;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import vmlan.network.tcp.TcpSettings;
import vmlan.packet.IpAddress;

/// Two stacks that each take the other for a guest, with a bad cable between them, and all of it without a clock:
/// what happens depends on the seed alone.
public final class Simulation {
    private static final long SECOND = 1_000_000_000L;
    private static final long MAC = 0x5254_0000_0001L;
    private static final int FIRST_PORT = 10_000;
    /// What the work of a round costs. It keeps time from standing still.
    private static final long ROUND_NANOS = 10_000;

    private static final long MAX_ROUNDS = 20_000_000;

    /// One connection with both its ends.
    private static final class Running {
        private final Transfer transfer;
        private final Application[] ends;
        private boolean isOver;

        private Running(Transfer transfer) {
            this.transfer = transfer;
            ends = new Application[] {transfer.guest(), transfer.outside()};
        }
    }

    private final SplittableRandom random;
    private final Side[] sides = new Side[2];
    private final LossyLink[] links = new LossyLink[2];
    private final List<Running> all = new ArrayList<>();
    private final long start = 1_700_000_000L * SECOND;
    private long now = start;
    private long rounds;
    private int traced = -1;

    /// @param first settings of the guest side, and `second` of the outside
    public Simulation(long seed, Weather weather, TcpSettings first, TcpSettings second) {
        random = new SplittableRandom(seed);
        for (int i = 0; i < 2; i++) {
            int index = i;
            sides[i] = new Side(
                    i == 0 ? first : second,
                    MAC + i,
                    tcpPort -> all.get(tcpPort - FIRST_PORT).ends[index],
                    random.split(),
                    now);
        }
        for (int i = 0; i < 2; i++) {
            int index = i;
            Side to = sides[1 - i];
            links[i] = new LossyLink(weather, random.split(), to::received);
            sides[i].cable((buffer, offset, length, when) -> {
                if (traced >= 0 && SegmentText.concerns(buffer, offset, traced)) {
                    System.out.printf("%11.6f %s%n", (when - start) / 1e9, SegmentText.of(buffer, offset));
                }
                links[index].send(buffer, offset, length, when);
            });
        }
    }

    /// Prints every segment that is sent by one of the connections.
    public void trace(int transfer) {
        traced = FIRST_PORT + transfer;
    }

    public Simulation add(Transfer transfer) {
        all.add(new Running(transfer));
        return this;
    }

    private static IpAddress address(int side, boolean ipv6) {
        return IpAddress.parse((ipv6 ? "2001:db8::" : "192.0.2.") + (side + 1));
    }

    /// Runs all transfers at once until they are over.
    ///
    /// @return what went wrong, nothing as a rule
    public List<String> run(long limitSeconds) {
        for (int i = 0; i < all.size(); i++) {
            Transfer transfer = all.get(i).transfer;
            int from = transfer.guestConnects() ? 0 : 1;
            sides[from].connect(
                    all.get(i).ends[from],
                    MAC + 1 - from,
                    address(from, transfer.ipv6()),
                    address(1 - from, transfer.ipv6()),
                    FIRST_PORT + i,
                    now);
        }
        runWhile(() -> all.stream().anyMatch(running -> !isOver(running)), limitSeconds);
        List<String> failures = all.stream()
                .filter(running -> failure(running) != null || !running.isOver)
                .map(running -> "%d, %s: %s; %s; %s"
                        .formatted(
                                all.indexOf(running),
                                running.transfer,
                                failure(running) == null ? "stuck" : failure(running),
                                running.ends[0],
                                running.ends[1]))
                .toList();
        return failures;
    }

    /// Lets time pass until no flow is left on either side.
    ///
    /// @return whether it came to that
    public boolean settle(long limitSeconds) {
        runWhile(() -> flows() > 0, limitSeconds);
        return flows() == 0;
    }

    private long flows() {
        return Stream.of(sides)
                .mapToLong(side -> side.stack().counters().flows())
                .sum();
    }

    private static boolean isOver(Running running) {
        running.isOver |= failure(running) != null || (running.ends[0].isDone() && running.ends[1].isDone());
        return running.isOver;
    }

    private static String failure(Running running) {
        String first = running.ends[0].failure();
        return first == null ? running.ends[1].failure() : first;
    }

    private interface Condition {
        boolean holds();
    }

    private void runWhile(Condition condition, long limitSeconds) {
        long end = now + limitSeconds * SECOND;
        while (condition.holds() && now - end < 0) {
            if (++rounds > MAX_ROUNDS) {
                throw new AssertionError("it does not come to an end: " + rounds + " rounds in " + seconds() + " s");
            }
            for (LossyLink link : links) {
                link.deliver(now);
            }
            for (Side side : sides) {
                side.round(now);
            }
            now += Math.max(ROUND_NANOS, Math.min(nanosToRound(), end - now));
        }
    }

    private long nanosToRound() {
        long nanos = Long.MAX_VALUE;
        for (int i = 0; i < 2; i++) {
            nanos = Math.min(nanos, links[i].nanosToDelivery(now));
            nanos = Math.min(nanos, sides[i].nanosToRound(now));
        }
        return nanos;
    }

    /// That have passed since the beginning.
    public double seconds() {
        return (now - start) / 1e9;
    }

    public long rounds() {
        return rounds;
    }

    public LossyLink link(int from) {
        return links[from];
    }

    public Side side(int index) {
        return sides[index];
    }

    public long bytes() {
        return all.stream()
                .mapToLong(running -> running.transfer.fromGuest() + running.transfer.fromOutside())
                .sum();
    }
}
