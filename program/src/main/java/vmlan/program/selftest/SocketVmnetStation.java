package vmlan.program.selftest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import vmlan.host.ReadBuffer;
import vmlan.host.StreamPort;
import vmlan.host.macos.SocketVmnetLink;
import vmlan.network.FrameSink;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;

/// A station behind an installed socket_vmnet, by the same link that networks have.
final class SocketVmnetStation extends Station {
    private static final long LIMIT_SECONDS = 5;

    private final CountDownLatch attached = new CountDownLatch(1);
    private final Switch network = new Switch(16, Duration.ofMinutes(5).toNanos());
    private SwitchPort own;
    private SocketVmnetLink link;

    SocketVmnetStation(Path socket) throws IOException, InterruptedException {
        call(() -> {
            own = network.connect("selftest", false, port -> new Own());
            network.connect("uplink", false, port -> {
                link = new SocketVmnetLink(loop, network, port, socket, new ReadBuffer(), new Listener());
                return link;
            });
            link.start();
            return true;
        });
    }

    /// @return whether the daemon took us in
    boolean awaitAttached() throws InterruptedException {
        return attached.await(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    private final class Listener implements StreamPort.Listener {
        @Override
        public void attached() {
            attached.countDown();
        }

        @Override
        public void detached(String why) {
            inbox.failed(new IOException(why));
        }
    }

    private final class Own implements FrameSink {
        @Override
        public void accept(SwitchPort from, ByteBuffer buffer, int offset, int length, long now) {
            inbox.received(buffer, offset, length, false, now);
        }

        @Override
        public void flush() {
            // each frame is copied as it comes
        }
    }

    @Override
    void send(byte[] frame) throws IOException, InterruptedException {
        // Runs of frames are written with the length that lies in front of them.
        ByteBuffer framed = ByteBuffer.allocateDirect(Integer.BYTES + frame.length)
                .putInt(frame.length)
                .put(frame);
        call(() -> {
            network.receive(own, framed, Integer.BYTES, frame.length, loop.now());
            network.flush();
            return true;
        });
    }

    @Override
    void leave() {
        link.close();
    }
}
