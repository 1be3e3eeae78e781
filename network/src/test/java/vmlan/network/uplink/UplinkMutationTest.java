package vmlan.network.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import vmlan.network.DropReason;
import vmlan.network.Recorder;
import vmlan.network.gateway.Packets;
import vmlan.packet.Ipv4Address;

/// Whatever guests, LAN and host send: nothing is thrown, no guest's MAC gets out where it must not, and the
/// uplink still serves. Another seed: `-Dvmlan.seed=…`.
class UplinkMutationTest {
    private static final long SEED = Long.getLong("vmlan.seed", System.nanoTime());
    private static final int ROUNDS = 40_000;

    private static byte[] dhcp(int operation) {
        byte[] message = new byte[300];
        ByteBuffer.wrap(message)
                .put(0, (byte) operation)
                .putShort(1, (short) 0x0106)
                .put(28, Packets.mac(Site.A));
        return operation == 1
                ? Packets.udp4("0.0.0.0", "255.255.255.255", 68, 67, message)
                : Packets.udp4("192.168.1.1", "192.168.1.20", 67, 68, message);
    }

    private static final List<byte[]> PACKETS = List.of(
            Packets.bytes(Packets.u16(0x0806), Packets.arp(1, Site.A, "192.168.1.20", Site.NOBODY, "192.168.1.1")),
            Packets.bytes(Packets.u16(0x0806), Packets.arp(2, Site.ROUTER, "192.168.1.1", Site.NIC, "192.168.1.20")),
            Packets.bytes(Packets.u16(0x0800), dhcp(1)),
            Packets.bytes(Packets.u16(0x0800), dhcp(2)),
            Packets.bytes(Packets.u16(0x0800), Packets.udp4("192.168.1.20", "8.8.8.8", 9, 9, new byte[9])),
            Packets.bytes(Packets.u16(0x86dd), Site.solicitation("fe80::a")),
            Packets.bytes(Packets.u16(0x86dd), Site.advertisement("fe80::a", "ff02::1", "fe80::a", Site.A)),
            Packets.bytes(
                    Packets.u16(0x86dd),
                    Packets.icmp6(
                            "fe80::a",
                            "fe80::1",
                            255,
                            137,
                            0,
                            0,
                            Packets.bytes(new byte[32], Packets.macOption(2, Site.A), Packets.macOption(1, Site.B)))),
            Packets.bytes(
                    Packets.u16(0x86dd),
                    Packets.ipv6("fe80::a", "ff02::16", 0, 1, Packets.hex("3a000502000001008f00000000000000"))));

    private static final List<String> MACS =
            List.of(Site.NIC, Site.A, Site.B, Site.ROUTER, Packets.ALL, "33:33:00:00:00:01");

    private static byte[] mutated(SplittableRandom random) {
        byte[] example = PACKETS.get(random.nextInt(PACKETS.size()));
        byte[] frame = Packets.bytes(
                Packets.mac(MACS.get(random.nextInt(MACS.size()))),
                Packets.mac(MACS.get(random.nextInt(MACS.size()))),
                example);
        int length = random.nextInt(4) == 0 ? 14 + random.nextInt(frame.length - 13) : frame.length;
        frame = Arrays.copyOf(frame, length);
        for (int i = random.nextInt(5); i > 0; i--) {
            frame[random.nextInt(length)] = (byte) (random.nextBoolean() ? random.nextInt() : random.nextInt(3) - 1);
        }
        return frame;
    }

    private static void run(boolean translate) {
        SplittableRandom random = new SplittableRandom(SEED);
        Site site = new Site(translate);
        Site.Guest a = site.guest(Site.A).pinned();
        Site.Guest b = site.guest(Site.B);
        long out = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] frame = mutated(random);
            String how = "-Dvmlan.seed=%d, round %d, frame %s"
                    .formatted(SEED, round, HexFormat.of().formatHex(frame));
            // in a buffer that ends where the frame ends: a read beyond it throws
            try {
                switch (random.nextInt(4)) {
                    case 0 -> Recorder.send(site.network, a.port(), frame, site.now);
                    case 1 -> Recorder.send(site.network, b.port(), frame, site.now);
                    default -> site.received(frame, random.nextInt(4) == 0);
                }
            } catch (RuntimeException e) {
                throw new AssertionError(how, e);
            }
            assertThat(site.uplink.port().drops(DropReason.FAULT))
                    .as("%s, %s", how, site.uplink.port().fault())
                    .isZero();
            for (byte[] sent : site.wire.lan) {
                out++;
                if (translate) {
                    assertThat(Packets.mac(sent, 6)).as(how).isEqualTo(Site.NIC);
                }
            }
            site.clear();
            a.clear();
            b.clear();
            if (round % 200 == 0) {
                site.pass(random.nextDouble(5));
                site.uplink.announce(site.now);
            }
        }
        assertThat(out).isGreaterThan(ROUNDS / 20);
        assertThat(site.addresses.count()).isLessThanOrEqualTo(2 * AddressTable.PORT_LIMIT);
        site.pass(5);
        site.clear();
        site.addresses.forget(a.address());
        a.announce("192.168.1.44");
        assertThat(site.addresses.ipv4Of(a.address())).contains(Ipv4Address.parse("192.168.1.44"));
        a.clear();
        byte[] back = Packets.udp4("8.8.8.8", "192.168.1.44", 9, 9, new byte[9]);
        site.fromLan(translate ? Site.NIC : Site.A, Site.ROUTER, 0x0800, back);
        a.expect("router > a: 8.8.8.8 > 192.168.1.44 udp 9 > 9 of 9");
    }

    @Test
    void noFrameHurtsTheUplink() {
        run(false);
    }

    @Test
    void noFrameHurtsTheTranslation() {
        run(true);
    }
}
