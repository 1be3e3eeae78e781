package vmlan.tests.tcp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import vmlan.host.EventLoop;
import vmlan.host.FrameReceiver;
import vmlan.host.linux.Tap;
import vmlan.host.linux.TapDevice;
import vmlan.network.DropReason;
import vmlan.network.tcp.TcpSettings;
import vmlan.network.tcp.transfer.LossyLink;
import vmlan.network.tcp.transfer.Side;
import vmlan.network.tcp.transfer.Weather;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;

/// The kernel on one side of two bad links, a [Side] with our stack on the other.
final class TapNetwork implements FrameReceiver, AutoCloseable {
    static final String TAP = "guest0";
    static final long GUEST_MAC = 0x5254_0000_00feL;
    static final long GATEWAY_MAC = 0x5254_0000_0001L;
    static final IpAddress GUEST4 = IpAddress.parse("192.168.64.2");
    static final IpAddress GUEST6 = IpAddress.parse("fd00:0:0:1::2");
    static final IpAddress GATEWAY4 = IpAddress.parse("192.168.64.1");
    static final IpAddress GATEWAY6 = IpAddress.parse("fd00:0:0:1::1");

    /// What the kernel tells us to send at most, by the last number of the address that it connects to; 0 for what
    /// the interface has.
    static final int[] MSS = {0, 0, 0, 536, 1000, 216};

    private final Tap tap;
    private final TapDevice device;
    private final Side side;
    private final LossyLink toGuest;
    private final LossyLink fromGuest;
    private final SegmentLog log;
    private long dropped;

    TapNetwork(EventLoop loop, int mtu, Weather weather, TcpSettings settings, Side.Applications outside, long seed)
            throws IOException, InterruptedException {
        log = new SegmentLog(loop.now());
        SplittableRandom random = new SplittableRandom(seed);
        tap = Tap.open(new Tap.Wish(
                TAP, GUEST_MAC, mtu, Ipv4Address.parse("192.168.64.2"), 24, Ipv6Address.parse("fd00:0:0:1::2"), 64));
        run("ip neigh replace 192.168.64.1 lladdr 52:54:00:00:00:01 nud permanent dev " + TAP);
        run("ip neigh replace fd00:0:0:1::1 lladdr 52:54:00:00:00:01 nud permanent dev " + TAP);
        for (int i = 0; i < MSS.length; i++) {
            String mss = MSS[i] == 0 ? "" : " advmss " + MSS[i];
            run("ip route replace 198.51.100.%d/32 via 192.168.64.1 dev %s%s".formatted(i + 1, TAP, mss));
            run("ip -6 route replace 2001:db8:99::%d/128 via fd00:0:0:1::1 dev %s%s".formatted(i + 1, TAP, mss));
        }
        side = new Side(settings, GATEWAY_MAC, outside, random.split(), loop.now());
        device = new TapDevice(loop, tap, this);
        toGuest = new LossyLink(weather, random.split(), (buffer, offset, length, now) -> {
            if (!device.send(buffer, offset, length)) {
                dropped++;
            }
        });
        fromGuest = new LossyLink(weather, random.split(), side::received);
        side.cable((buffer, frame, length, now) -> {
            log.add(false, buffer, frame, length, now);
            toGuest.send(buffer, frame, length, now);
        });
        device.start();
    }

    /// An address beyond the gateway.
    static IpAddress outside(boolean ipv6, int last) {
        return IpAddress.parse((ipv6 ? "2001:db8:99::" : "198.51.100.") + (last + 1));
    }

    static void run(String line) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(line.split(" ")))
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(line + ": " + output);
        }
    }

    /// What is due now; to be called in every round of the loop.
    ///
    /// @return until the next time
    long round(long now) {
        fromGuest.deliver(now);
        side.round(now);
        toGuest.deliver(now);
        return Math.min(side.nanosToRound(now), Math.min(fromGuest.nanosToDelivery(now), toGuest.nanosToDelivery(now)));
    }

    SegmentLog log() {
        return log;
    }

    Side side() {
        return side;
    }

    LossyLink toGuest() {
        return toGuest;
    }

    LossyLink fromGuest() {
        return fromGuest;
    }

    /// Frames that the kernel's side of the tap had no room for, in either direction.
    long dropped() {
        return dropped;
    }

    @Override
    public void received(ByteBuffer buffer, int offset, int length, boolean fromHost, long now) {
        log.add(true, buffer, offset, length, now);
        fromGuest.send(buffer, offset, length, now);
    }

    @Override
    public void batchEnd() {}

    @Override
    public void dropped(DropReason reason, long count) {
        dropped += count;
    }

    @Override
    public void failed(Exception cause) {
        throw new IllegalStateException(cause);
    }

    @Override
    public void close() {
        device.close();
    }
}
