package vmlan.network.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import vmlan.network.DropReason;
import vmlan.network.Recorder;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;
import vmlan.network.gateway.Packets;
import vmlan.network.ip.IcmpErrors;
import vmlan.network.ip.Outbox;
import vmlan.network.ip.RateLimit;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Header;
import vmlan.packet.Ipv6Header;

/// RFC 791 §3.2, RFC 815, RFC 5722, RFC 6946, RFC 8200 §4.5.
class ReassemblyTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long SEED = Long.getLong("vmlan.seed", 1);
    private static final String A4 = "192.168.64.2";
    private static final String A6 = "fd00:0:0:1::2";

    private final Switch network = new Switch(64, 300 * SECOND, 1);
    private final Recorder guest = new Recorder().connect(network, "a", false);
    private final SwitchPort a = guest.port();
    private final SwitchPort b = new Recorder().connect(network, "b", false).port();
    private final Outbox out = new Outbox(network, network.connect("gateway", false, self -> new Recorder()), 1);
    private final IcmpErrors errors = new IcmpErrors(
            out, new RateLimit(10, 30), 0x01020304, IpAddress.parse("fd00:0:0:1::1"), IpAddress.parse("fe80::1"));
    private final Reassembly reassembly = new Reassembly(NatLimits.DEFAULT, errors);
    private final long now = 1000 * SECOND;

    private static byte[] data(int length) {
        byte[] data = new byte[length];
        new Random(length).nextBytes(data);
        return data;
    }

    /// A fragment of `data` from one place to another.
    private static byte[] piece4(int id, byte[] data, int from, int to, boolean more) {
        return piece4(id, Arrays.copyOfRange(data, from, to), from, more);
    }

    private static byte[] piece4(int id, byte[] payload, int place, boolean more) {
        byte[] packet = Packets.ipv4(A4, "8.8.8.8", 17, 64, place / 8 | (more ? 0x2000 : 0), payload);
        ByteBuffer.wrap(packet).putShort(4, (short) id);
        return packet;
    }

    private static byte[] piece6(int id, byte[] payload, int place, boolean more) {
        byte[] header = Packets.bytes(new byte[] {17, 0}, Packets.u16(place | (more ? 1 : 0)), Packets.u32(id));
        return Packets.ipv6(A6, "2001:db8::1", 44, 64, Packets.bytes(header, payload));
    }

    private byte[] take(SwitchPort from, byte[] packet, long time) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(packet.length).put(0, packet);
        ByteBuffer whole;
        int offset;
        int length;
        if (packet[0] >>> 4 == 4) {
            Ipv4Header header = new Ipv4Header();
            assertThat(header.aim(buffer, 0, packet.length)).isTrue();
            Ipv4Header result = reassembly.accept(from, 2, header, time);
            if (result == null) {
                return null;
            }
            assertThat(result.checksumIsRight()).isTrue();
            assertThat(result.isFragment()).isFalse();
            whole = result.buffer();
            offset = result.payloadOffset();
            length = result.payloadLength();
        } else {
            Ipv6Header header = new Ipv6Header();
            assertThat(header.aim(buffer, 0, packet.length)).isTrue();
            Ipv6Header result = reassembly.accept(from, 2, header, time);
            if (result == null) {
                return null;
            }
            assertThat(result.isFragment()).isFalse();
            assertThat(result.protocol()).isEqualTo(17);
            whole = result.buffer();
            offset = result.payloadOffset();
            length = result.payloadLength();
        }
        byte[] payload = new byte[length];
        whole.get(offset, payload);
        return payload;
    }

    private byte[] take(byte[] packet) {
        return take(a, packet, now);
    }

    @Test
    void fragmentsInAnyOrderBecomeThePacket() {
        byte[] data = data(65_515);
        for (int size : new int[] {8, 1480, 32_768}) {
            for (boolean ipv4 : new boolean[] {true, false}) {
                List<byte[]> pieces = new ArrayList<>();
                for (int at = 0; at < data.length; at += size) {
                    int end = Math.min(data.length, at + size);
                    byte[] piece = Arrays.copyOfRange(data, at, end);
                    pieces.add(
                            ipv4 ? piece4(7, piece, at, end < data.length) : piece6(7, piece, at, end < data.length));
                }
                Collections.shuffle(pieces, new Random(SEED));
                for (byte[] piece : pieces.subList(1, pieces.size())) {
                    assertThat(take(piece)).isNull();
                }
                assertThat(take(pieces.getFirst())).isEqualTo(data);
                assertThat(reassembly.underWay()).isZero();
            }
        }
        assertThat(reassembly.reassembled()).isEqualTo(6);
        assertThat(reassembly.buffers()).as("one was enough").isEqualTo(1);
    }

    @Test
    void packetsAreToldApartByAddressesProtocolIdentificationAndPort() {
        byte[] data = data(1600);
        take(piece4(1, data, 0, 800, true));
        assertThat(take(piece4(2, data, 800, 1600, false))).isNull();
        assertThat(take(b, piece4(1, data, 800, 1600, false), now)).isNull();
        byte[] otherProtocol = piece4(1, data, 800, 1600, false);
        otherProtocol[9] = 1;
        assertThat(take(otherProtocol)).isNull();
        byte[] otherRemote = piece4(1, data, 800, 1600, false);
        otherRemote[19] = 9;
        assertThat(take(otherRemote)).isNull();
        assertThat(take(piece4(1, data, 800, 1600, false))).isEqualTo(data);
    }

    /// Teardrop (CERT CA-1997-28) and its like.
    @Test
    void whatOverlapsEndsThePacketAndAllThatBelongsToIt() {
        byte[] data = data(2400);
        take(piece4(1, data, 0, 800, true));
        assertThat(take(piece4(1, data(800), 792, true))).isNull();
        assertThat(take(piece4(1, data, 800, 2400, false))).isNull();
        assertThat(take(piece4(1, data, 0, 2400, false)))
                .as("not anew either, RFC 5722 §4")
                .isNull();
        take(piece6(1, Arrays.copyOf(data, 800), 0, true));
        assertThat(take(piece6(1, data(16), 0, true))).isNull();
        assertThat(take(piece6(1, Arrays.copyOfRange(data, 800, 2400), 800, false)))
                .isNull();
        assertThat(reassembly.contradictions()).isEqualTo(2);
        assertThat(a.drops(DropReason.FRAGMENT)).isEqualTo(5);
        reassembly.tick(now + 30 * SECOND);
        reassembly.tick(now + 60 * SECOND);
        network.flush();
        assertThat(guest.count()).as("no error about what was made up").isZero();
        assertThat(reassembly.underWay()).isZero();
    }

    @Test
    void anExactRepetitionIsHarmless() {
        byte[] data = data(1600);
        take(piece4(1, data, 0, 800, true));
        assertThat(take(piece4(1, data, 0, 800, true))).isNull();
        assertThat(take(piece4(1, data, 0, 400, true))).isNull();
        assertThat(take(piece4(1, data, 800, 1600, false))).isEqualTo(data);
    }

    @Test
    void contradictingLengthsEndThePacket() {
        byte[] data = data(2400);
        take(piece4(1, data, 800, 1600, false));
        assertThat(take(piece4(1, data, 1600, 2400, false))).as("two ends").isNull();
        take(piece4(2, data, 800, 1600, false));
        assertThat(take(piece4(2, data, 1600, 2400, true))).as("behind the end").isNull();
        take(piece4(3, data, 1600, 2400, true));
        assertThat(take(piece4(3, data, 800, 1600, false))).as("an end before").isNull();
        assertThat(reassembly.contradictions()).isEqualTo(3);
    }

    /// CERT CA-1996-26, "ping of death".
    @Test
    void whatWouldPassTheLongestPacketIsDropped() {
        assertThat(take(piece4(1, data(1480), 65_528, false))).isNull();
        assertThat(take(piece4(1, new byte[8], 65_512, true))).isNull();
        assertThat(take(piece6(1, data(1480), 65_528, false))).isNull();
        assertThat(reassembly.underWay()).isZero();
        assertThat(a.drops(DropReason.MALFORMED)).isEqualTo(3);
    }

    @Test
    void aFragmentInTheMiddleHasAMultipleOfEightBytesAndNoneIsEmpty() {
        assertThat(take(piece4(1, data(1479), 0, true))).isNull();
        assertThat(take(piece6(1, data(1479), 0, true))).isNull();
        assertThat(take(piece4(1, new byte[0], 800, false))).isNull();
        assertThat(take(piece6(1, new byte[0], 800, true))).isNull();
        assertThat(a.drops(DropReason.MALFORMED)).isEqualTo(4);
        assertThat(reassembly.underWay()).isZero();
    }

    @Test
    void theOnlyFragmentOfItsPacketMeetsNoOther() {
        byte[] data = data(64);
        take(piece6(1, data, 0, true));
        assertThat(take(piece6(1, data(40), 0, false))).as("RFC 6946 §4").isEqualTo(data(40));
        assertThat(take(piece6(1, data(8), 64, false))).hasSize(72);
    }

    @Test
    void theFirstFragmentHasAllHeaders() {
        assertThat(take(piece6(1, new byte[0], 0, false))).isNull();
        assertThat(a.drops(DropReason.MALFORMED)).isEqualTo(1);
    }

    @Test
    void fragmentsOfFragmentsAreDropped() {
        byte[] inner = Packets.bytes(new byte[] {17, 0}, Packets.u16(1), Packets.u32(9), data(16));
        byte[] header = Packets.bytes(new byte[] {44, 0}, Packets.u16(0), Packets.u32(8));
        assertThat(take(Packets.ipv6(A6, "2001:db8::1", 44, 64, Packets.bytes(header, inner))))
                .isNull();
        assertThat(a.drops(DropReason.MALFORMED)).isEqualTo(1);
    }

    @Test
    void theTimeIsLimitedAndTheSenderToldWhereItsFirstFragmentIsThere() {
        byte[] data = data(1600);
        take(piece4(1, data, 0, 800, true));
        take(piece4(2, data, 800, 1600, false));
        take(piece6(1, Arrays.copyOf(data, 800), 0, true));
        assertThat(reassembly.nanosToTick(now)).isEqualTo(30 * SECOND);
        reassembly.tick(now + 30 * SECOND);
        assertThat(reassembly.nanosToTick(now + 30 * SECOND)).isEqualTo(30 * SECOND);
        reassembly.tick(now + 60 * SECOND);
        network.flush();
        byte[] first = guest.poll();
        assertThat(Arrays.copyOfRange(first, 34, 36))
                .as("time exceeded, reassembly")
                .containsExactly(11, 1);
        assertThat(Arrays.copyOfRange(first, 62, 70)).isEqualTo(Arrays.copyOf(data, 8));
        byte[] second = guest.poll();
        assertThat(Arrays.copyOfRange(second, 54, 56)).containsExactly(3, 1);
        assertThat(guest.poll()).isNull();
        assertThat(reassembly.underWay()).isZero();
        assertThat(reassembly.timedOut()).isEqualTo(3);
        assertThat(reassembly.nanosToTick(now)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aPortHasAFewPacketsUnderWayAndItsOldestGivesWay() {
        byte[] data = data(1600);
        take(b, piece4(1, data, 0, 800, true), now);
        int limit = NatLimits.DEFAULT.reassembliesPerPort();
        for (int id = 1; id <= 1000; id++) {
            take(piece4(id, data, 0, 800, true));
        }
        assertThat(reassembly.underWay()).isEqualTo(limit + 1);
        assertThat(reassembly.buffers()).isLessThanOrEqualTo(limit + 1);
        assertThat(reassembly.evicted()).isEqualTo(1000 - limit);
        assertThat(take(piece4(1000, data, 800, 1600, false))).isEqualTo(data);
        assertThat(take(b, piece4(1, data, 800, 1600, false), now))
                .as("another's")
                .isEqualTo(data);
    }

    @Test
    void inAllThereAreNoMoreThanTheLimit() {
        byte[] data = data(1600);
        NatLimits limits = NatLimits.DEFAULT;
        for (int port = 0; port < 100; port++) {
            SwitchPort from = new Recorder().connect(network, "p" + port, false).port();
            for (int id = 0; id < limits.reassembliesPerPort(); id++) {
                take(from, piece4(id, data, 0, 800, true), now);
            }
        }
        assertThat(reassembly.underWay()).isEqualTo(limits.reassembliesInAll());
        assertThat(take(piece4(1, data, 0, 800, true))).isNull();
        assertThat(a.drops(DropReason.TABLE_FULL)).isEqualTo(1);
        assertThat(reassembly.buffers()).isEqualTo(limits.reassembliesInAll());
    }

    @Test
    void whatAPortHadGoesWithIt() {
        take(piece4(1, data(1600), 0, 800, true));
        take(b, piece4(1, data(1600), 0, 800, true), now);
        reassembly.forget(a);
        assertThat(reassembly.underWay()).isEqualTo(1);
    }

    @Test
    void noBytesHurt() {
        SplittableRandom random = new SplittableRandom(SEED);
        int whole = 0;
        for (int round = 0; round < 100_000; round++) {
            byte[] payload = new byte[random.nextInt(6) * 8 + (random.nextInt(4) == 0 ? random.nextInt(8) : 0)];
            int place = random.nextInt(100) == 0 ? random.nextInt(0x2000) * 8 : random.nextInt(8) * 8;
            boolean more = random.nextInt(3) > 0;
            int id = random.nextInt(20);
            byte[] packet = random.nextBoolean() ? piece4(id, payload, place, more) : piece6(id, payload, place, more);
            for (int i = random.nextInt(3) - 1; i > 0; i--) {
                int at = random.nextInt(packet.length);
                packet[at] = (byte) random.nextInt();
            }
            ByteBuffer buffer = ByteBuffer.wrap(packet);
            SwitchPort from = random.nextBoolean() ? a : b;
            String how =
                    "-Dvmlan.seed=%d, packet %s".formatted(SEED, HexFormat.of().formatHex(packet));
            long time = now + round * (SECOND / 100);
            Ipv4Header four = new Ipv4Header();
            Ipv6Header six = new Ipv6Header();
            if (four.aim(buffer, 0, packet.length) && four.isFragment()) {
                Ipv4Header result = reassembly.accept(from, 2, four, time);
                whole += result == null ? 0 : 1;
                assertThat(result == null || result.totalLength() <= 65_535)
                        .as(how)
                        .isTrue();
            } else if (six.aim(buffer, 0, packet.length) && six.isFragment()) {
                Ipv6Header result = reassembly.accept(from, 2, six, time);
                whole += result == null ? 0 : 1;
                assertThat(result == null || !result.isFragment()).as(how).isTrue();
            }
            if (round % 50 == 0) {
                out.makeRoom();
                reassembly.tick(time);
                network.flush();
            }
            assertThat(reassembly.underWay()).as(how).isLessThanOrEqualTo(2 * NatLimits.DEFAULT.reassembliesPerPort());
        }
        assertThat(whole).isGreaterThan(1000);
    }
}
