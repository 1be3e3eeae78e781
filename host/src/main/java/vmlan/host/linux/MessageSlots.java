package vmlan.host.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Memory for recvmmsg or sendmmsg on IP sockets: several messages, each with its address, its data and, where
/// wanted, what the kernel says about it.
///
/// Trust: lengths and addresses are the kernel's; contents are anybody's.
final class MessageSlots {
    static final int NAME_BYTES = 32;

    private final int count;
    private final int slotBytes;
    private final int controlBytes;
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment area;
    private final MemorySegment structures;
    private final int vectorsAt;
    private final int namesAt;
    private final int controlsAt;
    /// All data; direct and big-endian.
    final ByteBuffer bytes;
    /// The kernel's structures, in the machine's order. The mmsghdrs come first.
    final ByteBuffer headers;
    /// How many the kernel may have written to.
    private int used;

    /// @param slotBytes of data each
    /// @param controlBytes of ancillary data each, a multiple of 8; may be 0
    MessageSlots(int count, int slotBytes, int controlBytes) {
        this.count = count;
        this.slotBytes = slotBytes;
        this.controlBytes = controlBytes;
        vectorsAt = count * SocketCalls.MMSGHDR_BYTES;
        namesAt = vectorsAt + count * SocketCalls.IOVEC_BYTES;
        controlsAt = namesAt + count * NAME_BYTES;
        area = arena.allocate((long) count * slotBytes, Long.BYTES);
        structures = arena.allocate(controlsAt + (long) count * controlBytes, Long.BYTES);
        bytes = area.asByteBuffer();
        headers = structures.asByteBuffer().order(ByteOrder.nativeOrder());
        for (int i = 0; i < count; i++) {
            int header = i * SocketCalls.MMSGHDR_BYTES;
            put(header + SocketCalls.MSG_NAME, structures.address() + name(i));
            put(header + SocketCalls.MSG_IOV, structures.address() + vector(i));
            put(header + SocketCalls.MSG_IOVLEN, 1);
            if (controlBytes != 0) {
                put(header + SocketCalls.MSG_CONTROL, structures.address() + control(i));
            }
            place(i, offset(i), slotBytes);
            reset(i);
        }
    }

    private void put(long at, long value) {
        headers.putLong((int) at, value);
    }

    /// Says where a message's data lies.
    void place(int slot, int offset, int length) {
        put(vector(slot) + SocketCalls.IOV_BASE, area.address() + offset);
        put(vector(slot) + SocketCalls.IOV_LEN, length);
    }

    private void reset(int slot) {
        int header = slot * SocketCalls.MMSGHDR_BYTES;
        nameLength(slot, NAME_BYTES);
        put(header + SocketCalls.MSG_CONTROLLEN, controlBytes);
    }

    void nameLength(int slot, int length) {
        headers.putInt(slot * SocketCalls.MMSGHDR_BYTES + (int) SocketCalls.MSG_NAMELEN, length);
    }

    private int vector(int slot) {
        return vectorsAt + slot * SocketCalls.IOVEC_BYTES;
    }

    /// Where in [#headers] a message's address is.
    int name(int slot) {
        return namesAt + slot * NAME_BYTES;
    }

    /// Where in [#headers] a message's ancillary data is.
    int control(int slot) {
        return controlsAt + slot * controlBytes;
    }

    int controlLength(int slot) {
        return (int) headers.getLong(slot * SocketCalls.MMSGHDR_BYTES + (int) SocketCalls.MSG_CONTROLLEN);
    }

    /// Where in [#bytes] a message that is received has its data.
    int offset(int slot) {
        return slot * slotBytes;
    }

    /// How much of a message was received; what did not fit is cut off.
    int length(int slot) {
        return Math.min(slotBytes, headers.getInt(slot * SocketCalls.MMSGHDR_BYTES + (int) SocketCalls.MSG_LEN));
    }

    /// Reads what there is, without waiting.
    ///
    /// @return how many slots are filled, or errno below zero
    int receive(int fd, int flags) {
        for (int i = 0; i < used; i++) {
            reset(i);
        }
        int result = SocketCalls.recvmmsg(fd, structures.address(), count, flags | SocketCalls.MSG_DONTWAIT);
        // After an error the first may have been written to (net/socket.c, do_recvmmsg).
        used = Math.max(1, result);
        return result;
    }

    /// Sends messages, without waiting.
    ///
    /// @return how many, or errno below zero
    int send(int fd, int first, int end) {
        return SocketCalls.sendmmsg(
                fd,
                structures.address() + (long) first * SocketCalls.MMSGHDR_BYTES,
                end - first,
                SocketCalls.MSG_DONTWAIT);
    }
}
