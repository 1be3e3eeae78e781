package vmlan.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/// RFC 9293 §3.2, RFC 7323, RFC 2018.
class TcpOptionsTest {
    private static TcpOptions read(String hex) {
        ByteBuffer bytes = Bytes.of(hex);
        return new TcpOptions().read(bytes, 0, bytes.capacity());
    }

    @Test
    void whatASynSays() {
        TcpOptions options = read("020405b4 0402 080a 00000001 00000002 01 030307");
        assertThat(options.mss()).isEqualTo(1460);
        assertThat(options.sackPermitted()).isTrue();
        assertThat(options.windowScale()).isEqualTo(7);
        assertThat(options.hasTimestamps()).isTrue();
        assertThat(options.timestamp()).isEqualTo(1);
        assertThat(options.timestampEcho()).isEqualTo(2);
    }

    @Test
    void nothingIsSaidByNothing() {
        TcpOptions options = read("");
        assertThat(options.mss()).isZero();
        assertThat(options.windowScale()).isEqualTo(-1);
        assertThat(options.sackPermitted() || options.hasTimestamps()).isFalse();
        assertThat(options.sackBlocks()).isZero();
    }

    @Test
    void alignedTimestampsAndSackBlocks() {
        assertThat(read("0101080a 00000005 00000006").timestampEcho()).isEqualTo(6);
        TcpOptions options = read("0101 0512 00000001 00000002 00000003 00000004");
        assertThat(options.sackBlocks()).isEqualTo(2);
        assertThat(options.sackLeft(1)).isEqualTo(3);
        assertThat(options.sackRight(1)).isEqualTo(4);
    }

    @Test
    void unknownOnesAndThoseOfAnotherLengthArePassedOver() {
        assertThat(read("fd04abcd 020405b4").mss()).isEqualTo(1460);
        TcpOptions options = read("020305 0304ffff 0403ff 0506ffffffff 020405b4");
        assertThat(options.mss()).isEqualTo(1460);
        assertThat(options.windowScale()).isEqualTo(-1);
        assertThat(options.sackPermitted()).isFalse();
        assertThat(options.sackBlocks()).isZero();
    }

    @Test
    void aLengthThatContradictsItselfEndsTheList() {
        assertThat(read("020405b4 0300 0402").mss()).isEqualTo(1460);
        assertThat(read("0301 020405b4").mss()).isZero();
        assertThat(read("0320 020405b4").mss()).isZero();
        assertThat(read("00 020405b4 000000").mss()).isZero();
        assertThat(read("0101 01 02").mss()).isZero();
    }

    @Test
    void whatIsWrittenCanBeRead() {
        ByteBuffer bytes = ByteBuffer.allocate(TcpOptions.MAX_LENGTH);
        TcpOptions.writeMss(bytes, 0, 65480);
        TcpOptions.writeSackPermitted(bytes, 4);
        TcpOptions.writeTimestamps(bytes, 8, -1, -2);
        TcpOptions.writeWindowScale(bytes, 20, 14);
        TcpOptions.writeSack(bytes, 24, 1);
        TcpOptions.writeSackBlock(bytes, 24, 0, 7, 8);
        TcpOptions options = new TcpOptions().read(bytes, 0, 36);
        assertThat(options.mss()).isEqualTo(65480);
        assertThat(options.sackPermitted()).isTrue();
        assertThat(options.timestamp()).isEqualTo(-1);
        assertThat(options.timestampEcho()).isEqualTo(-2);
        assertThat(options.windowScale()).isEqualTo(14);
        assertThat(options.sackBlocks()).isEqualTo(1);
        assertThat(options.sackLeft(0)).isEqualTo(7);
    }
}
