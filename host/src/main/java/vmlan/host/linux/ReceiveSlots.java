package vmlan.host.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import vmlan.packet.Offload;

/// Where a packet socket's packets are read to, several by one call: each with its virtio_net_hdr, and beside it what
/// the kernel says about it.
///
/// Trust: lengths are the kernel's; contents are anybody's.
final class ReceiveSlots {
    static final int COUNT = 32;
    /// The longest that is not called BIG TCP: 64 KiB of IP (RFC 791 §3.1), Ethernet header, two VLAN tags;
    /// rounded up.
    static final int SLOT_BYTES = 66_048;

    private static final int NAME_BYTES = 32;
    /// CMSG_SPACE(sizeof(struct tpacket_auxdata))
    private static final int CONTROL_BYTES = 40;

    private static final int ETHERTYPE_VLAN = 0x8100;

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment area = arena.allocate((long) COUNT * SLOT_BYTES, Long.BYTES);
    private final MemorySegment names = arena.allocate((long) COUNT * NAME_BYTES, Long.BYTES);
    private final MemorySegment controls = arena.allocate((long) COUNT * CONTROL_BYTES, Long.BYTES);
    private final MemorySegment vectors = arena.allocate((long) COUNT * SocketCalls.IOVEC_BYTES, Long.BYTES);
    private final MemorySegment messages = arena.allocate((long) COUNT * SocketCalls.MMSGHDR_BYTES, Long.BYTES);
    /// All slots; direct and big-endian.
    final ByteBuffer bytes = area.asByteBuffer();
    /// How many the kernel may have written to.
    private int used;

    ReceiveSlots() {
        for (int i = 0; i < COUNT; i++) {
            long vector = (long) i * SocketCalls.IOVEC_BYTES;
            vectors.set(ValueLayout.JAVA_LONG, vector + SocketCalls.IOV_BASE, area.address() + (long) i * SLOT_BYTES);
            vectors.set(ValueLayout.JAVA_LONG, vector + SocketCalls.IOV_LEN, SLOT_BYTES);
            long message = message(i);
            messages.set(
                    ValueLayout.JAVA_LONG, message + SocketCalls.MSG_NAME, names.address() + (long) i * NAME_BYTES);
            messages.set(ValueLayout.JAVA_LONG, message + SocketCalls.MSG_IOV, vectors.address() + vector);
            messages.set(ValueLayout.JAVA_LONG, message + SocketCalls.MSG_IOVLEN, 1);
            messages.set(
                    ValueLayout.JAVA_LONG,
                    message + SocketCalls.MSG_CONTROL,
                    controls.address() + (long) i * CONTROL_BYTES);
            reset(i);
        }
    }

    private static long message(int slot) {
        return (long) slot * SocketCalls.MMSGHDR_BYTES;
    }

    private void reset(int slot) {
        messages.set(ValueLayout.JAVA_INT, message(slot) + SocketCalls.MSG_NAMELEN, NAME_BYTES);
        messages.set(ValueLayout.JAVA_LONG, message(slot) + SocketCalls.MSG_CONTROLLEN, CONTROL_BYTES);
    }

    /// Reads what there is, without waiting.
    ///
    /// @return how many slots are filled, or errno below zero
    int receive(int fd) {
        for (int i = 0; i < used; i++) {
            reset(i);
        }
        int result = SocketCalls.recvmmsg(fd, messages.address(), COUNT, SocketCalls.MSG_DONTWAIT);
        // After an error the first may have been written to (net/socket.c, do_recvmmsg).
        used = Math.max(1, result);
        return result;
    }

    int offset(int slot) {
        return slot * SLOT_BYTES;
    }

    /// With the virtio_net_hdr.
    int length(int slot) {
        return messages.get(ValueLayout.JAVA_INT, message(slot) + SocketCalls.MSG_LEN);
    }

    boolean isTruncated(int slot) {
        return (messages.get(ValueLayout.JAVA_INT, message(slot) + SocketCalls.MSG_FLAGS) & SocketCalls.MSG_TRUNC) != 0;
    }

    boolean isOutgoing(int slot) {
        return names.get(ValueLayout.JAVA_BYTE, (long) slot * NAME_BYTES + PacketSocket.SLL_PKTTYPE)
                == PacketSocket.PACKET_OUTGOING;
    }

    private boolean hasAuxdata(int slot) {
        long control = (long) slot * CONTROL_BYTES;
        return messages.get(ValueLayout.JAVA_LONG, message(slot) + SocketCalls.MSG_CONTROLLEN)
                        >= SocketCalls.CMSG_DATA + PacketSocket.AUXDATA_BYTES
                && controls.get(ValueLayout.JAVA_INT, control + SocketCalls.CMSG_LEVEL) == PacketSocket.SOL_PACKET
                && controls.get(ValueLayout.JAVA_INT, control + SocketCalls.CMSG_TYPE) == PacketSocket.PACKET_AUXDATA;
    }

    /// The VLAN tag that the kernel took out of the frame, or [Offload#NO_TAG].
    int tag(int slot) {
        long auxdata = (long) slot * CONTROL_BYTES + SocketCalls.CMSG_DATA;
        if (!hasAuxdata(slot)
                || (controls.get(ValueLayout.JAVA_INT, auxdata + PacketSocket.TP_STATUS)
                                & PacketSocket.TP_STATUS_VLAN_VALID)
                        == 0) {
            return Offload.NO_TAG;
        }
        return Short.toUnsignedInt(controls.get(ValueLayout.JAVA_SHORT, auxdata + PacketSocket.TP_VLAN_TCI));
    }

    /// The tag's EtherType; only where there is a tag.
    int tagProtocol(int slot) {
        long auxdata = (long) slot * CONTROL_BYTES + SocketCalls.CMSG_DATA;
        int status = controls.get(ValueLayout.JAVA_INT, auxdata + PacketSocket.TP_STATUS);
        return (status & PacketSocket.TP_STATUS_VLAN_TPID_VALID) == 0
                ? ETHERTYPE_VLAN
                : Short.toUnsignedInt(controls.get(ValueLayout.JAVA_SHORT, auxdata + PacketSocket.TP_VLAN_TPID));
    }
}
