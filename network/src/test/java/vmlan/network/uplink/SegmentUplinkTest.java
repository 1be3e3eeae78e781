package vmlan.network.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import vmlan.network.DropReason;
import vmlan.network.FrameSink;
import vmlan.network.Recorder;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;
import vmlan.packet.Ipv4Address;
import vmlan.packet.MacAddress;

class SegmentUplinkTest {
    private static final long SECOND = 1_000_000_000L;
    private static final String GUEST = "52540000000a";
    private static final String ROUTER = "020000000001";

    private final Switch network = new Switch(64, 300 * SECOND, 1);
    private final AddressTable addresses = new AddressTable(List.of(), 0, 1);
    private final List<String> out = new ArrayList<>();
    private int flushes;
    private final SegmentUplink uplink = new SegmentUplink(network, addresses, port -> new FrameSink() {
        @Override
        public void accept(SwitchPort from, ByteBuffer buffer, int offset, int length, long now) {
            byte[] frame = new byte[length];
            buffer.get(offset, frame);
            out.add(HexFormat.of().formatHex(frame));
        }

        @Override
        public void flush() {
            flushes++;
        }
    });
    private final Recorder guest = new Recorder().connect(network, "guest", false);
    private final Recorder other = new Recorder().connect(network, "other", false);
    private long now = 10 * SECOND;

    /// RFC 826: Ethernet, IPv4, 6, 4, the operation, sender and target.
    private static String arp(String to, String from, int operation, String ipv4, String target) {
        return to + from + "0806" + "000108000604000" + operation + from + hex(ipv4) + "000000000000" + hex(target)
                + "00".repeat(18);
    }

    private static String hex(String ipv4) {
        return String.format("%08x", Ipv4Address.parse(ipv4).bits());
    }

    private void send(SwitchPort from, String frame) {
        Recorder.send(network, from, HexFormat.of().parseHex(frame), now);
    }

    @Test
    void aGuestsAddressIsKnownFromWhatItSends() {
        String frame = arp("ffffffffffff", GUEST, 1, "192.168.64.5", "192.168.64.1");
        send(guest.port(), frame);
        assertThat(out).containsExactly(frame);
        assertThat(flushes).isEqualTo(1);
        assertThat(other.count()).isEqualTo(1);
        assertThat(addresses.ipv4Of(MacAddress.parse("52:54:00:00:00:0a"))).hasValue(Ipv4Address.parse("192.168.64.5"));
    }

    @Test
    void whatTheSegmentSendsIsNoGuestsAddress() {
        send(uplink.port(), arp("ffffffffffff", ROUTER, 1, "192.168.64.1", "192.168.64.5"));
        assertThat(guest.count()).isEqualTo(1);
        assertThat(addresses.all()).isEmpty();
        assertThat(out).isEmpty();
    }

    @Test
    void betweenStrangersOfTheSegmentNothingReachesAGuest() {
        send(uplink.port(), "020000000002" + ROUTER + "0800" + "45" + "00".repeat(45));
        assertThat(guest.count()).isZero();
        assertThat(uplink.port().drops(DropReason.NOT_HERE)).isEqualTo(1);
    }

    @Test
    void theSegmentCannotTakeAGuestsMac() {
        network.pin(guest.port(), MacAddress.parse("52:54:00:00:00:0a"), now);
        send(uplink.port(), "ffffffffffff" + GUEST + "0800" + "45" + "00".repeat(45));
        assertThat(other.count()).isZero();
        assertThat(uplink.port().drops(DropReason.SPOOFED)).isEqualTo(1);
    }

    @Test
    void anAddressThatNobodyUsesIsForgotten() {
        send(guest.port(), arp("ffffffffffff", GUEST, 1, "192.168.64.5", "192.168.64.1"));
        now += AddressTable.AGE_NANOS;
        assertThat(uplink.nanosToTick(now)).isZero();
        uplink.tick(now);
        assertThat(addresses.all()).isEmpty();
    }
}
