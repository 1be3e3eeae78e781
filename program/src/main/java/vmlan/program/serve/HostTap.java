package vmlan.program.serve;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import vmlan.host.EventLoop;
import vmlan.host.FrameReceiver;
import vmlan.host.linux.Tap;
import vmlan.host.linux.TapDevice;
import vmlan.network.DropReason;
import vmlan.network.Switch;
import vmlan.network.gateway.Gateway;
import vmlan.network.gateway.HostSide;

/// The host's interface on a network with a gateway: a tap that stands behind the gateway's port and has its
/// addresses.
final class HostTap implements HostSide, FrameReceiver, AutoCloseable {
    private final Tap tap;
    private final Switch network;
    private final NetworkLog log;
    private final TapDevice device;
    private Gateway gateway;
    private long receivedFrames;
    private long receivedBytes;
    private long sentFrames;
    private long sentBytes;

    HostTap(Tap tap, EventLoop loop, Switch network, NetworkLog log) throws IOException {
        this.tap = tap;
        this.network = network;
        this.log = log;
        this.device = new TapDevice(loop, tap, this);
    }

    /// @param forwards whether the host's kernel takes packets for elsewhere too
    void start(Gateway of, boolean forwards) throws IOException {
        gateway = of;
        gateway.attachHost(this, forwards);
        device.start();
        log.accept("the host is on this network by " + tap.name());
    }

    @Override
    public boolean accept(ByteBuffer buffer, int offset, int length) {
        boolean sent = device.send(buffer, offset, length);
        if (sent) {
            sentFrames++;
            sentBytes += length;
        }
        return sent;
    }

    @Override
    public void flush() {
        // Each frame is written when it comes: a tap takes one at a time.
    }

    @Override
    public void received(ByteBuffer buffer, int offset, int length, boolean fromHost, long now) {
        receivedFrames++;
        receivedBytes += length;
        gateway.fromHost(buffer, offset, length, now);
    }

    @Override
    public void batchEnd() {
        network.flush();
    }

    @Override
    public void dropped(DropReason reason, long count) {
        gateway.port().drop(reason, count);
    }

    @Override
    public void failed(Exception cause) {
        log.failure(tap.name() + ": can be read no longer", cause);
        gateway.attachHost(null, false);
    }

    String name() {
        return tap.name();
    }

    /// `rx` is what the network got from the host.
    Map<String, Object> describe() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("interface", tap.name());
        json.put("rx", NetworkReport.counter(receivedFrames, receivedBytes));
        json.put("tx", NetworkReport.counter(sentFrames, sentBytes));
        return json;
    }

    @Override
    public void close() {
        device.close();
    }
}
