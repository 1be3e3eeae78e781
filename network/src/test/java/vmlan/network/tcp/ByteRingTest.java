package vmlan.network.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import vmlan.network.Recorder;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;

class ByteRingTest {
    private static final long SEED = Long.getLong("vmlan.seed", System.nanoTime());

    private final SwitchPort port =
            new Recorder().connect(new Switch(8, 1, 1), "vm", false).port();
    private final ChunkPool pool = new ChunkPool(1 << 20, 1 << 20);
    private final ByteRing ring = new ByteRing(pool, port);
    private final ByteBuffer bytes = ByteBuffer.wrap(Guest.pattern(0, 1 << 20));

    @Test
    void littleNeedsASmallChunkAndAnEmptyRingNone() {
        assertThat(ring.put(0, bytes, 0, 500)).isTrue();
        ring.extend(500);
        assertThat(pool.usedBytes()).isEqualTo(ChunkPool.SMALL);
        ring.drop(500);
        assertThat(pool.usedBytes()).isZero();
    }

    @Test
    void moreMovesToALargeChunk() {
        ring.put(0, bytes, 0, 4000);
        ring.extend(4000);
        ring.drop(1000);
        ring.put(3000, bytes, 4000, 60_000);
        ring.extend(60_000);
        assertThat(pool.usedBytes()).isEqualTo(ChunkPool.CHUNK);
        assertThat(out(63_000)).isEqualTo(Guest.pattern(1000, 63_000));
    }

    private byte[] out(int size) {
        byte[] all = new byte[size];
        ring.copy(0, size, ByteBuffer.wrap(all), 0);
        return all;
    }

    @Test
    void whenThePoolIsEmptyNothingChanges() {
        ring.put(0, bytes, 0, 100);
        ring.extend(100);
        assertThat(ring.put(200, bytes, 100, (1 << 20) - 100)).isFalse();
        assertThat(out(100)).isEqualTo(Guest.pattern(0, 100));
        assertThat(pool.usedBytes()).isLessThanOrEqualTo(ChunkPool.CHUNK);
    }

    @Test
    void bytesComeOutAsTheyWentIn() {
        SplittableRandom random = new SplittableRandom(SEED);
        long in = 0;
        long out = 0;
        for (int round = 0; round < 20_000; round++) {
            int size = random.nextInt(random.nextBoolean() ? 3000 : 70_000);
            if (random.nextBoolean() && ring.put(ring.length(), pattern(in, size), 0, size)) {
                ring.extend(size);
                in += size;
            } else if (!ring.isEmpty()) {
                ByteBuffer piece = ring.readable();
                int count = Math.min(piece.remaining(), size);
                for (int i = 0; i < count; i += 97) {
                    assertThat(piece.get(piece.position() + i))
                            .as("-Dvmlan.seed=%d, byte %d", SEED, out + i)
                            .isEqualTo(byteAt(out + i));
                }
                piece.clear();
                ring.drop(count);
                out += count;
            }
        }
        ring.clear();
        assertThat(pool.usedBytes()).isZero();
    }

    private static byte byteAt(long at) {
        return (byte) (at * 31 + (at >> 8));
    }

    private static ByteBuffer pattern(long from, int size) {
        byte[] all = new byte[size];
        for (int i = 0; i < size; i++) {
            all[i] = byteAt(from + i);
        }
        return ByteBuffer.wrap(all);
    }
}
