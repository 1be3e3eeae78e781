package vmlan.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ChecksumTest {
    /// RFC 1071 §1 word by word, as slowly as it is written there.
    private static int naive(byte[] bytes) {
        int sum = 0;
        for (int i = 0; i < bytes.length; i += 2) {
            sum += ((bytes[i] & 0xff) << 8) | (i + 1 < bytes.length ? bytes[i + 1] & 0xff : 0);
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return ~sum & 0xffff;
    }

    @Test
    void theExampleOfRfc1071Section3() {
        ByteBuffer bytes = Bytes.of("0001 f203 f4f5 f6f7");
        assertThat(Checksum.finish(Checksum.add(0, bytes, 0, 8))).isEqualTo(~0xddf2 & 0xffff);
    }

    @Test
    void anOddByteAtTheEndCountsAsIfAZeroByteFollowed() {
        assertThat(Checksum.finish(Checksum.add(0, Bytes.of("0001f2"), 0, 3)))
                .isEqualTo(Checksum.finish(Checksum.add(0, Bytes.of("0001f200"), 0, 4)));
    }

    @Test
    void everyLengthAndAlignmentAgreesWithTheSlowWay() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 2000; round++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            int offset = random.nextInt(9);
            ByteBuffer buffer = ByteBuffer.allocateDirect(offset + bytes.length).put(offset, bytes);
            assertThat(Checksum.finish(Checksum.add(0, buffer, offset, bytes.length)))
                    .as("seed %d round %d", seed, round)
                    .isEqualTo(naive(bytes));
        }
    }

    @Test
    void piecesOfEvenLengthAddUp() {
        byte[] bytes = new byte[77];
        new SplittableRandom(7).nextBytes(bytes);
        ByteBuffer buffer = Bytes.of(bytes);
        long sum = Checksum.add(0, buffer, 0, 30);
        sum = Checksum.add(sum, buffer, 30, 2);
        sum = Checksum.add(sum, buffer, 32, 45);
        assertThat(Checksum.finish(sum)).isEqualTo(naive(bytes));
    }

    @Test
    void carriesOfTheLongestFrameAreNotLost() {
        byte[] bytes = new byte[65_535];
        Arrays.fill(bytes, (byte) 0xff);
        assertThat(Checksum.finish(Checksum.add(0, Bytes.of(bytes), 0, bytes.length)))
                .isEqualTo(naive(bytes));
    }

    @Test
    void theExampleOfRfc1624Section4() {
        assertThat(Checksum.replace(0xdd2f, 0x5555, 0x3285)).isZero();
    }

    @Test
    void aReplacedWordGivesTheSumOfTheNewBytes() {
        SplittableRandom random = new SplittableRandom(3);
        for (int round = 0; round < 1000; round++) {
            byte[] bytes = new byte[20];
            random.nextBytes(bytes);
            int checksum = naive(bytes);
            int before = ((bytes[4] & 0xff) << 8) | (bytes[5] & 0xff);
            int after = random.nextInt(1 << 16);
            bytes[4] = (byte) (after >> 8);
            bytes[5] = (byte) after;
            assertThat(Checksum.replace(checksum, before, after)).isEqualTo(naive(bytes));
        }
    }

    @Test
    void aReplacedMacGivesTheSumOfTheNewBytes() {
        SplittableRandom random = new SplittableRandom(4);
        for (int round = 0; round < 1000; round++) {
            byte[] bytes = new byte[20];
            random.nextBytes(bytes);
            int checksum = naive(bytes);
            long before = ByteBuffer.wrap(bytes).getLong(6) >>> 16;
            long after = random.nextLong() >>> 16;
            ByteBuffer.wrap(bytes).putShort(6, (short) (after >>> 32)).putInt(8, (int) after);
            assertThat(Checksum.replaceMac(checksum, before, after)).isEqualTo(naive(bytes));
        }
    }

    @Test
    void udpSendsAComputedZeroAsAllOnes() {
        assertThat(Checksum.finish(0xffff)).isZero();
        assertThat(Checksum.finishUdp(0xffff)).isEqualTo(0xffff);
    }

    @Test
    void thePseudoHeadersAreThoseBytesSummed() {
        ByteBuffer ipv4 = Bytes.of("c0a80001 c0a800c7 00 11 005f");
        assertThat(Checksum.finish(Checksum.pseudoHeader(0xc0a80001, 0xc0a800c7, 0x11, 0x5f)))
                .isEqualTo(Checksum.finish(Checksum.add(0, ipv4, 0, 12)));
        ByteBuffer ipv6 =
                Bytes.of("fd12345678900001 8000000000000001 ff02000000000000 00000001ff000001 00010020 0000003a");
        long sum = Checksum.pseudoHeader(
                ipv6.getLong(0), ipv6.getLong(8), ipv6.getLong(16), ipv6.getLong(24), 0x3a, 0x10020);
        assertThat(Checksum.finish(sum)).isEqualTo(Checksum.finish(Checksum.add(0, ipv6, 0, 40)));
    }
}
