package vmlan.network.nat;

import java.nio.ByteBuffer;
import vmlan.network.outside.Outside;
import vmlan.network.outside.OutsideError;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEnds;
import vmlan.network.outside.StreamEvents;
import vmlan.packet.IpAddress;

/// A connection to a port of the host's loopback: to 127.0.0.1, and when that refuses, to ::1.
final class HostStream implements OutsideStream, StreamEvents {
    /// 127.0.0.1
    static final int LOOPBACK = 0x7f00_0001;

    private final Outside outside;
    private final int tcpPort;
    private final StreamEvents events;
    private OutsideStream stream;
    private boolean isSecond;
    private boolean readable;
    private boolean writable;
    private boolean ended;

    HostStream(Outside outside, int tcpPort, StreamEvents events) {
        this.outside = outside;
        this.tcpPort = tcpPort;
        this.events = events;
        stream = outside.connect(0, IpAddress.mapped(LOOPBACK), tcpPort, this);
    }

    @Override
    public void connected(long now) {
        events.connected(now);
    }

    @Override
    public void failed(OutsideError why, long now) {
        if (ended) {
            return;
        }
        if (why != OutsideError.REFUSED || isSecond) {
            ended = true;
            // a host without IPv6 has refused at 127.0.0.1
            events.failed(isSecond ? OutsideError.REFUSED : why, now);
            return;
        }
        isSecond = true;
        stream = outside.connect(0, 1, tcpPort, this);
        stream.watch(readable, writable);
    }

    @Override
    public void readable(long now) {
        events.readable(now);
    }

    @Override
    public void writable(long now) {
        events.writable(now);
    }

    @Override
    public int read(ByteBuffer buffer) {
        return stream.read(buffer);
    }

    @Override
    public int write(ByteBuffer buffer) {
        return stream.write(buffer);
    }

    @Override
    public void watch(boolean isReadable, boolean isWritable) {
        readable = isReadable;
        writable = isWritable;
        stream.watch(isReadable, isWritable);
    }

    @Override
    public void shutdownOutput() {
        stream.shutdownOutput();
    }

    @Override
    public StreamEnds endpoints() {
        return stream.endpoints();
    }

    @Override
    public void keepAlive(boolean soon) {
        stream.keepAlive(soon);
    }

    @Override
    public void close() {
        ended = true;
        stream.close();
    }

    @Override
    public void reset() {
        ended = true;
        stream.reset();
    }
}
