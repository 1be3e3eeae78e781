package vmlan.host.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import vmlan.network.DropReason;

/// Frames on their way to a packet socket: copied one behind the other, sent by one call. Never waits.
final class SendQueue {
    /// Told of frames that were taken and then could not be sent.
    interface Drops {
        void dropped(DropReason reason, long count);
    }

    private static final int MESSAGES = 256;
    /// Room for seven frames of the greatest length, or for [#MESSAGES] of usual length.
    private static final int BYTES = 512 << 10;

    private final int fd;
    private final int headerBytes;
    private final Drops drops;
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment area = arena.allocate(BYTES, Long.BYTES);
    private final MemorySegment vectors = arena.allocate((long) MESSAGES * SocketCalls.IOVEC_BYTES, Long.BYTES);
    private final MemorySegment messages = arena.allocate((long) MESSAGES * SocketCalls.MMSGHDR_BYTES, Long.BYTES);
    private final ByteBuffer bytes = area.asByteBuffer();
    private int end;
    private int count;

    /// @param headerBytes zeroes in front of each frame: a virtio_net_hdr that says that nothing is left to do
    SendQueue(int fd, int headerBytes, Drops drops) {
        this.fd = fd;
        this.headerBytes = headerBytes;
        this.drops = drops;
        for (int i = 0; i < MESSAGES; i++) {
            long message = (long) i * SocketCalls.MMSGHDR_BYTES;
            messages.set(
                    ValueLayout.JAVA_LONG,
                    message + SocketCalls.MSG_IOV,
                    vectors.address() + (long) i * SocketCalls.IOVEC_BYTES);
            messages.set(ValueLayout.JAVA_LONG, message + SocketCalls.MSG_IOVLEN, 1);
        }
    }

    /// @return false when the frame can never be sent
    boolean add(ByteBuffer frame, int offset, int length) {
        int size = headerBytes + length;
        if (size > BYTES) {
            return false;
        }
        if (count == MESSAGES || end + size > BYTES) {
            flush();
        }
        for (int i = 0; i < headerBytes; i++) {
            bytes.put(end + i, (byte) 0);
        }
        bytes.put(end + headerBytes, frame, offset, length);
        long vector = (long) count * SocketCalls.IOVEC_BYTES;
        vectors.set(ValueLayout.JAVA_LONG, vector + SocketCalls.IOV_BASE, area.address() + end);
        vectors.set(ValueLayout.JAVA_LONG, vector + SocketCalls.IOV_LEN, size);
        end += size;
        count++;
        return true;
    }

    void flush() {
        int sent = 0;
        int all = count;
        count = 0;
        end = 0;
        while (sent < all) {
            int result = SocketCalls.sendmmsg(
                    fd,
                    messages.address() + (long) sent * SocketCalls.MMSGHDR_BYTES,
                    all - sent,
                    SocketCalls.MSG_DONTWAIT);
            if (result > 0) {
                sent += result;
                continue;
            }
            switch (-result) {
                case Errno.EINTR -> {
                    // Nothing was sent; once more.
                }
                case Errno.EMSGSIZE, Errno.EINVAL -> {
                    // Longer than the NIC's MTU (net/packet/af_packet.c, packet_snd): only this one.
                    drops.dropped(DropReason.TOO_LONG, 1);
                    sent++;
                }
                default -> {
                    // No room (EAGAIN, ENOBUFS), or no NIC to send by (ENETDOWN, ENXIO, ENODEV): so for the rest.
                    drops.dropped(DropReason.QUEUE_FULL, (long) all - sent);
                    return;
                }
            }
        }
    }
}
