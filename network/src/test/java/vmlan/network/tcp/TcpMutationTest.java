package vmlan.network.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import vmlan.network.tcp.crowd.Call;
import vmlan.network.tcp.crowd.Crowd;
import vmlan.network.tcp.crowd.Manner;
import vmlan.packet.TcpHeader;

/// Whatever a guest sends into its connections: nothing is thrown, all comes to an end, memory stays bounded, and a
/// neighbour is served. Another seed: `-Dvmlan.seed=…`.
class TcpMutationTest {
    private static final long SEED = Long.getLong("vmlan.seed", System.nanoTime());
    private static final int ROUNDS = 40_000;
    private static final int CALLS = 20;
    private static final List<Manner> MANNERS = List.of(Manner.values());
    private static final long KIBI = 1024;
    private static final TcpSettings SETTINGS = new TcpSettings(1500, 100, 200, 64 * KIBI, 1024 * KIBI, 2048 * KIBI);

    /// Distances that are at the edge of something.
    private static final int[] DISTANCES = {
        0, 0, 0, 1, -1, 2, 1460, -1460, 65_535, 65_536, -65_535, Integer.MAX_VALUE, Integer.MIN_VALUE, 1 << 30
    };

    private static int distance(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt();
            case 1 -> random.nextInt(-70_000, 70_000);
            default -> DISTANCES[random.nextInt(DISTANCES.length)];
        };
    }

    /// Of every kind, at times with a length that cannot be.
    private static byte[] options(SplittableRandom random) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int wanted = 4 * random.nextInt(11);
        while (bytes.size() < wanted) {
            int kind = random.nextInt(8) == 0 ? random.nextInt(256) : random.nextInt(9);
            bytes.write(kind);
            if (kind > 1) {
                // 2 MSS, 3 scale, 4 SACK permitted, 5 SACK, 8 timestamps (IANA, TCP Option Kind Numbers)
                int length = switch (kind) {
                    case 2 -> 4;
                    case 3 -> 3;
                    case 4 -> 2;
                    case 5 -> 2 + 8 * random.nextInt(1, 5);
                    case 8 -> 10;
                    default -> random.nextInt(2, 12);
                };
                bytes.write(random.nextInt(10) == 0 ? random.nextInt(256) : length);
                byte[] value = new byte[length - 2];
                random.nextBytes(value);
                bytes.writeBytes(value);
            }
        }
        return java.util.Arrays.copyOf(bytes.toByteArray(), wanted);
    }

    private static int flags(SplittableRandom random) {
        return switch (random.nextInt(6)) {
            case 0 -> random.nextInt(256);
            case 1 -> TcpHeader.SYN;
            case 2 -> TcpHeader.FIN | TcpHeader.ACK;
            case 3 -> random.nextInt(20) == 0 ? TcpHeader.RST : TcpHeader.ACK;
            default -> TcpHeader.ACK;
        };
    }

    private static void odd(SplittableRandom random, Call call) {
        byte[] data = new byte[random.nextInt(3) == 0 ? random.nextInt(1400) : random.nextInt(3)];
        int window = random.nextInt(4) == 0 ? random.nextInt(3) : random.nextInt(65_536);
        call.sendOdd(distance(random), distance(random), flags(random), window, options(random), data);
    }

    private static Call open(Crowd crowd, SplittableRandom random) {
        Call call = crowd.guest(0).call(MANNERS.get(random.nextInt(MANNERS.size())));
        if (random.nextInt(4) == 0) {
            odd(random, call); // a SYN's mutation, while the host dials
        }
        crowd.connects(random.nextInt(3) > 0);
        crowd.settle();
        if (call.stream() != null && random.nextBoolean()) {
            call.stream().room(random.nextInt(100_000));
            call.stream().offer(random.nextInt(200_000));
        }
        return call;
    }

    @Test
    void noSegmentThrowsLoopsOrTakesMemoryWithoutBound() {
        SplittableRandom random = new SplittableRandom(SEED);
        String how = "-Dtest=TcpMutationTest -Dvmlan.seed=" + SEED;
        System.out.println(how);
        Crowd crowd = new Crowd(SETTINGS, 2);
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            calls.add(open(crowd, random));
        }
        long before = crowd.stack().counters().opened();
        for (int round = 0; round < ROUNDS; round++) {
            int which = random.nextInt(CALLS);
            if (random.nextInt(50) == 0) {
                crowd.guest(0).forget(calls.get(which));
                calls.set(which, open(crowd, random));
            }
            odd(random, calls.get(which));
            if (random.nextBoolean()) {
                crowd.guest(0).sendMutated(random, random.nextInt(8) > 0);
            }
            if (random.nextInt(4) > 0) {
                crowd.settle();
            }
            if (random.nextInt(100) == 0) {
                crowd.pass(random.nextDouble(random.nextInt(10) == 0 ? 100 : 1));
            }
            crowd.fault().ifPresent(fault -> {
                throw new AssertionError(how, fault);
            });
            TcpCounters counters = crowd.stack().counters();
            assertThat(counters.flows()).as(how).isLessThanOrEqualTo(SETTINGS.flowsPerPort());
            assertThat(counters.bufferedBytes()).as(how).isLessThanOrEqualTo(SETTINGS.bytesPerPort() + 64 * KIBI);
        }
        assertThat(crowd.stack().counters().opened() - before)
                .as("connections that were established in spite of it")
                .isGreaterThan(ROUNDS / 500);
        crowd.connects(true);
        Call call = crowd.guest(1).call(Manner.GUEST_ENDS);
        crowd.settle();
        crowd.pass(2);
        assertThat(call.received()).as(how).isEqualTo(500);
        crowd.pass(4 * 3600);
        assertThat(crowd.stack().counters().bufferedBytes()).as(how).isLessThanOrEqualTo(SETTINGS.bytesPerPort());
        crowd.fault().ifPresent(fault -> {
            throw new AssertionError(how, fault);
        });
    }
}
