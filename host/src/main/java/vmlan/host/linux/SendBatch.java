package vmlan.host.linux;

import java.nio.ByteBuffer;

/// Messages of one socket, collected to be sent by one call. One batch serves all sockets: another one's message sends
/// what is there first.
final class SendBatch {
    private static final int COUNT = 64;
    /// Four datagrams of the greatest length, or a batch of usual ones.
    private static final int AREA_BYTES = 256 << 10;

    private static final int SLOT_BYTES = AREA_BYTES / COUNT;

    private final MessageSlots slots = new MessageSlots(COUNT, SLOT_BYTES, 0);
    private final ErrorQueue errors;
    private final long[] highs = new long[COUNT];
    private final long[] lows = new long[COUNT];
    private final int[] ports = new int[COUNT];
    private NativeSocket owner;
    private int count;
    private int end;
    private long dropped;

    SendBatch(ErrorQueue errors) {
        this.errors = errors;
    }

    /// Where the data of a message may be written.
    ByteBuffer bytes() {
        return slots.bytes;
    }

    /// Makes room for a socket's next message, which [#add] takes.
    ///
    /// @param length at most 64 KiB
    /// @return where its data belongs
    @SuppressWarnings("ReferenceEquality")
    int reserve(NativeSocket socket, int length) {
        if (owner != socket || count == COUNT || end + length > AREA_BYTES) {
            flush();
            owner = socket;
        }
        return end;
    }

    /// Takes the message that was written where [#reserve] said.
    void add(long high, long low, int port, int length) {
        slots.nameLength(count, IpSockets.write(slots.headers, slots.name(count), owner.ipv4, high, low, port));
        slots.place(count, end, length);
        highs[count] = high;
        lows[count] = low;
        ports[count] = port;
        count++;
        end += length;
    }

    /// Sends what there is of this socket.
    @SuppressWarnings("ReferenceEquality")
    void flush(NativeSocket socket) {
        if (owner == socket) {
            flush();
        }
    }

    private void flush() {
        int sent = 0;
        boolean again = false;
        while (sent < count) {
            int result = slots.send(owner.fd, sent, count);
            if (result > 0) {
                sent += result;
                again = false;
            } else if (result == -Errno.EAGAIN || result == -Errno.ENOBUFS) {
                dropped += count - sent;
                break;
            } else if (result != -Errno.EINTR) {
                // It may be the news of an earlier message (net/core/sock.c, sock_alloc_send_pskb): what comes again
                // after those have been read is about this one.
                int mtu = errors.drain(owner);
                if (again) {
                    owner.unsent(ErrorQueue.why(-result), mtu, this, sent);
                    sent++;
                }
                again = !again;
            }
        }
        owner = null;
        count = 0;
        end = 0;
    }

    /// Where a message was to go.
    long high(int slot) {
        return highs[slot];
    }

    long low(int slot) {
        return lows[slot];
    }

    int port(int slot) {
        return ports[slot];
    }

    /// How many were dropped because the kernel had no room.
    long dropped() {
        return dropped;
    }
}
