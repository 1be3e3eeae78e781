package vmlan.host.macos;

import static vmlan.host.macos.Symbols.INT;
import static vmlan.host.macos.Symbols.LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// The memory for one call of vmnet_read or vmnet_write: packets of a fixed size, each in one piece. More
/// than one piece a packet is refused by vmnet_write (QEMU net/vmnet-common.m).
///
/// One thread's. Trust: counts and sizes that come back are checked here before anything is read by them.
final class Packets {
    /// More brought nothing (vmnet-helper's helper.c, measured with iperf3).
    private static final int MOST_PACKETS = 128;
    /// "vmnet_read() can return up to 200 packets and 256 KiB" (helper.c, after Apple's documentation).
    private static final int MOST_BYTES = 256 << 10;

    private final int capacity;
    private final int size;
    private final MemorySegment area;
    private final ByteBuffer bytes;
    private final MemorySegment descriptors;
    private final MemorySegment vectors;
    private final MemorySegment count;
    private int used;

    /// @param longest the longest packet
    /// @param mostPackets vmnet's own limit for a call
    Packets(int longest, int mostPackets) {
        this.size = longest;
        // At 64 bytes each packet has cache lines of its own.
        int stride = (longest + 63) & -64;
        this.capacity = Math.max(1, Math.min(Math.min(mostPackets, MOST_PACKETS), MOST_BYTES / longest));
        Arena arena = Arena.ofAuto();
        this.area = arena.allocate((long) capacity * stride, 64);
        this.bytes = area.asByteBuffer();
        this.vectors = arena.allocate(capacity * VmnetCalls.IOV_BYTES, Long.BYTES);
        this.descriptors = arena.allocate(capacity * VmnetCalls.PACKET_BYTES, Long.BYTES);
        this.count = arena.allocate(INT);
        for (int i = 0; i < capacity; i++) {
            long vector = i * VmnetCalls.IOV_BYTES;
            long descriptor = i * VmnetCalls.PACKET_BYTES;
            vectors.set(LONG, vector + VmnetCalls.IOV_BASE, area.address() + (long) i * stride);
            descriptors.set(LONG, descriptor + VmnetCalls.PACKET_IOV, vectors.address() + vector);
            descriptors.set(INT, descriptor + VmnetCalls.PACKET_IOV_COUNT, 1);
        }
    }

    int capacity() {
        return capacity;
    }

    /// The longest packet.
    int size() {
        return size;
    }

    int used() {
        return used;
    }

    boolean isFull() {
        return used == capacity;
    }

    void clear() {
        used = 0;
    }

    /// Adds a frame that is not longer than [#size]; there is room.
    void add(ByteBuffer frame, int offset, int length) {
        bytes.put(start(used), frame, offset, length);
        resize(used, length);
        used++;
    }

    /// Makes `room` packets ready to be read into. vmnet changes sizes and flags, so that they are set each
    /// time.
    void makeRoom(int room) {
        for (int i = 0; i < room; i++) {
            resize(i, size);
        }
    }

    private void resize(int packet, int length) {
        long descriptor = packet * VmnetCalls.PACKET_BYTES;
        descriptors.set(LONG, descriptor + VmnetCalls.PACKET_SIZE, length);
        descriptors.set(INT, descriptor + VmnetCalls.PACKET_FLAGS, 0);
        // "vmnet_write() uses vm_pkt_size but require iov_len to match" (vmnet-helper's helper.c)
        vectors.set(LONG, packet * VmnetCalls.IOV_BYTES + VmnetCalls.IOV_LEN, length);
    }

    /// Address of the descriptors from `packet` on.
    long descriptors(int packet) {
        return descriptors.address() + packet * VmnetCalls.PACKET_BYTES;
    }

    /// Address of the number that goes in and out, set to `packets`.
    long count(int packets) {
        count.set(INT, 0, packets);
        return count.address();
    }

    /// What came out, as far as it can be.
    int counted(int most) {
        return Math.max(0, Math.min(count.get(INT, 0), most));
    }

    ByteBuffer bytes() {
        return bytes;
    }

    /// Where a packet begins in [#bytes].
    int start(int packet) {
        return (int) (vectors.get(LONG, packet * VmnetCalls.IOV_BYTES + VmnetCalls.IOV_BASE) - area.address());
    }

    /// As vmnet says, which may be anything.
    long length(int packet) {
        return descriptors.get(LONG, packet * VmnetCalls.PACKET_BYTES + VmnetCalls.PACKET_SIZE);
    }
}
