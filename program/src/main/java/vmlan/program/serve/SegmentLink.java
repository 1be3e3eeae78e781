package vmlan.program.serve;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import vmlan.host.EventLoop;
import vmlan.host.FrameReceiver;
import vmlan.host.ReadBuffer;
import vmlan.host.StreamPort;
import vmlan.host.macos.SocketVmnetLink;
import vmlan.host.macos.VmnetDevice;
import vmlan.host.macos.VmnetInterface;
import vmlan.host.macos.VmnetParameters;
import vmlan.network.DropReason;
import vmlan.network.FrameSink;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;

/// What carries frames between the uplink's port and a segment of macOS'. On the loop's thread.
interface SegmentLink extends FrameSink, AutoCloseable {
    /// Who is told what becomes of it.
    interface Listener {
        /// @param why for the log
        void up(String why);

        /// @param why for the log
        void down(String why);

        /// It is over, and takes a new process.
        void failed(Exception cause);
    }

    void start() throws IOException;

    int mtu();

    /// What `network show` says of it.
    Map<String, Object> describe();

    @Override
    void close() throws IOException;

    static SegmentLink of(
            OpenedSegment opened,
            EventLoop loop,
            Switch network,
            SwitchPort port,
            ReadBuffer shared,
            Listener listener) {
        return switch (opened) {
            case OpenedSegment.ByVmnet its -> new ByVmnet(its.vmnet(), loop, network, port, listener);
            case OpenedSegment.ByDaemon its -> new ByDaemon(its.socket(), loop, network, port, shared, listener);
        };
    }

    /// An interface of vmnet in this process.
    final class ByVmnet implements SegmentLink, FrameReceiver {
        private final VmnetParameters parameters;
        private final VmnetDevice device;
        private final Switch network;
        private final SwitchPort port;
        private final Listener listener;

        ByVmnet(VmnetInterface vmnet, EventLoop loop, Switch network, SwitchPort port, Listener listener) {
            this.network = network;
            this.port = port;
            this.listener = listener;
            parameters = vmnet.parameters();
            device = new VmnetDevice(loop, vmnet, this);
        }

        @Override
        public void start() throws IOException {
            device.start();
            listener.up("vmnet runs");
        }

        @Override
        public void accept(SwitchPort from, ByteBuffer buffer, int offset, int length, long now) {
            if (length > parameters.maxPacketSize()) {
                port.drop(DropReason.TOO_LONG);
            } else if (device.toLan(buffer, offset, length)) {
                port.transmitted(1, length);
            } else {
                port.drop(DropReason.QUEUE_FULL);
            }
        }

        @Override
        public void flush() {
            device.flush();
        }

        @Override
        public void received(ByteBuffer buffer, int offset, int length, boolean fromHost, long now) {
            network.receive(port, buffer, offset, length, now);
        }

        @Override
        public void batchEnd() {
            network.flush();
        }

        @Override
        public void dropped(DropReason reason, long count) {
            port.drop(reason, count);
        }

        @Override
        public void failed(Exception cause) {
            listener.failed(cause);
        }

        @Override
        public int mtu() {
            return parameters.mtu();
        }

        @Override
        public Map<String, Object> describe() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("start", parameters.startAddress());
            json.put("end", parameters.endAddress());
            json.put("mask", parameters.subnetMask());
            json.put("nat66Prefix", parameters.nat66Prefix());
            return json;
        }

        @Override
        public void close() throws IOException {
            device.close();
        }
    }

    /// A socket_vmnet, which has the interface.
    final class ByDaemon implements SegmentLink, StreamPort.Listener {
        /// What socket_vmnet starts its interfaces with (SocketVmnet).
        private static final int MTU = 1500;

        private final Path socket;
        private final SocketVmnetLink link;
        private final Listener listener;

        ByDaemon(Path socket, EventLoop loop, Switch network, SwitchPort port, ReadBuffer shared, Listener listener) {
            this.socket = socket;
            this.listener = listener;
            link = new SocketVmnetLink(loop, network, port, socket, shared, this);
        }

        @Override
        public void start() {
            link.start();
        }

        @Override
        public void attached() {
            listener.up("connected to " + socket);
        }

        @Override
        public void detached(String why) {
            listener.down(socket + ": " + why);
        }

        @Override
        public void accept(SwitchPort from, ByteBuffer buffer, int offset, int length, long now) {
            link.accept(from, buffer, offset, length, now);
        }

        @Override
        public void flush() {
            link.flush();
        }

        @Override
        public int mtu() {
            return MTU;
        }

        @Override
        public Map<String, Object> describe() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("socket", socket.toString());
            return json;
        }

        @Override
        public void close() {
            link.close();
        }
    }
}
