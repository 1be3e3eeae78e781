package vmlan.host.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import vmlan.host.EventLoop;
import vmlan.host.FrameReceiver;
import vmlan.host.device.BatchRing;
import vmlan.network.DropReason;
import vmlan.network.Frames;
import vmlan.network.uplink.Wire;
import vmlan.packet.Offload;

/// A NIC, by the descriptors that the opener left. Needs no rights.
///
/// Theory of operation. One packet socket receives what comes from the LAN and what this host sends; the same
/// one sends onto the wire. A second, marked one sends to the host: what goes out by it is redirected into the
/// NIC's own receive path ([RedirectKind]). A thread reads packets with what the kernel knows of them
/// (checksums and segments left to the hardware, VLAN tags taken out); [Offload] makes frames of them. They
/// come to the receiver in batches.
///
/// All methods belong to the loop's thread.
public final class NicDevice implements Wire, AutoCloseable {
    /// [Offload#write], or a test's recorder.
    interface Completion {
        int write(
                ByteBuffer from,
                int vnetHeader,
                int frame,
                int length,
                int tag,
                int tagProtocol,
                ByteBuffer to,
                int at);
    }

    /// The answers of [Offload#write] that are no offset.
    private static final int NO_ROOM = -2;

    /// Five packets of the greatest length, made into frames.
    private static final int BATCH_BYTES = 384 << 10;

    private static final int BATCH_FRAMES = 2048;
    private static final long STATISTICS_NANOS = TimeUnit.SECONDS.toNanos(1);
    /// So many unknown errors, one after the other, are no longer single packets' fault.
    private static final int MAX_ERRORS = 1000;

    private final OpenedNic nic;
    private final DeviceReader reader;
    private final SendQueue toLan;
    private final SendQueue toHost;
    private final GuestFilter guestFilter;
    private int ifIndex;
    private boolean reachesHost;
    private boolean hasFilter;
    private boolean closed;

    /// @param nic is this object's from now on; [#close] closes its descriptors
    public NicDevice(EventLoop loop, OpenedNic nic, FrameReceiver receiver) throws IOException {
        this(loop, nic, receiver, new Offload()::write);
    }

    NicDevice(EventLoop loop, OpenedNic nic, FrameReceiver receiver, Completion completion) throws IOException {
        this.nic = nic;
        this.ifIndex = nic.ifIndex();
        this.reachesHost = nic.host() >= 0;
        LanSource source = new LanSource(nic.lan(), completion);
        this.reader = new DeviceReader(
                "vmlan-nic-" + nic.ifName(), nic.lan(), loop, receiver, BATCH_BYTES, BATCH_FRAMES, source);
        source.reader = reader;
        this.toLan = new SendQueue(nic.lan(), PacketSocket.VNET_HEADER_BYTES, receiver::dropped);
        this.toHost = new SendQueue(nic.host(), 0, receiver::dropped);
        this.guestFilter = nic.guestFilterTable() >= 0 ? GuestFilter.map(nic.guestFilterTable()) : null;
    }

    /// Begins to receive. What is wanted should be said before.
    public void start() throws IOException {
        if (!hasFilter) {
            attach(null);
        }
        listen();
        reader.start();
    }

    private void listen() throws LinuxException {
        PacketSocket.bind(nic.lan(), ifIndex, PacketSocket.ETH_P_ALL);
        PacketSocket.join(
                nic.lan(),
                ifIndex,
                nic.translated() ? PacketSocket.PACKET_MR_ALLMULTI : PacketSocket.PACKET_MR_PROMISC);
    }

    /// The NIC was taken out and came back, by the number `newIndex`. The LAN is reached again; the redirect was the
    /// old one's, so the host is not, until the network is opened anew.
    ///
    /// @throws LinuxException when it is gone again
    public void rebind(int newIndex) throws IOException {
        if (newIndex != nic.ifIndex()) {
            reachesHost = false;
        }
        ifIndex = newIndex;
        listen();
    }

    /// The number of the interface that is sent and received by.
    public int ifIndex() {
        return ifIndex;
    }

    /// Whether [#toHost] has a way.
    public boolean reachesHost() {
        return reachesHost;
    }

    @Override
    public boolean toLan(ByteBuffer buffer, int offset, int length) {
        return !closed && length <= Frames.MAX_LENGTH && toLan.add(buffer, offset, length);
    }

    @Override
    public boolean toHost(ByteBuffer buffer, int offset, int length) {
        return !closed && reachesHost && length <= Frames.MAX_LENGTH && toHost.add(buffer, offset, length);
    }

    @Override
    public void flush() {
        if (!closed) {
            toLan.flush();
            toHost.flush();
        }
    }

    @Override
    public void want(Wanted wanted) {
        if (closed) {
            return;
        }
        attach(wanted);
        if (guestFilter != null) {
            guestFilter.set(wanted.ipv4(), wanted.ipv6());
        }
    }

    /// The kernel may have no memory for a long program; then more frames come up than are of use, which is
    /// only slow.
    private void attach(Wanted wanted) {
        hasFilter = true;
        if (PacketSocket.attach(nic.lan(), ClassicFilter.build(nic.mark(), wanted)) < 0) {
            PacketSocket.attach(nic.lan(), ClassicFilter.build(nic.mark(), null));
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        reader.stop();
        if (guestFilter != null) {
            guestFilter.close();
        }
        nic.close();
    }

    /// The part of the thread.
    private static final class LanSource implements DeviceReader.Source {
        private final int fd;
        private final Completion completion;
        private final ReceiveSlots slots = new ReceiveSlots();
        private final Arena arena = Arena.ofAuto();
        private final MemorySegment statistics = arena.allocate(PacketSocket.STATS_BYTES, Integer.BYTES);
        private final MemorySegment statisticsLength = arena.allocate(Integer.BYTES, Integer.BYTES);
        private DeviceReader reader;
        /// Slots that are received but not yet in a batch.
        private int next;

        private int filled;
        private int errors;
        private boolean counted = true;
        private long countedAt = System.nanoTime();

        private LanSource(int fd, Completion completion) {
            this.fd = fd;
            this.completion = completion;
        }

        @Override
        public int millisToWait() {
            return counted ? -1 : (int) TimeUnit.NANOSECONDS.toMillis(STATISTICS_NANOS);
        }

        @Override
        public boolean read(BatchRing.Batch batch) throws IOException {
            if (next == filled) {
                long now = System.nanoTime();
                if (!counted && now - countedAt >= STATISTICS_NANOS) {
                    countLost(now);
                }
                int result = slots.receive(fd);
                if (result < 0) {
                    return goesOn(-result);
                }
                errors = 0;
                counted = false;
                next = 0;
                filled = result;
            }
            while (next < filled) {
                if (!take(next, batch)) {
                    return true;
                }
                next++;
            }
            return filled == ReceiveSlots.COUNT;
        }

        /// What an error of the whole call means.
        private boolean goesOn(int errno) throws LinuxException {
            if (errno == Errno.EAGAIN || errno == Errno.EINTR || errno == Errno.ENETDOWN) {
                // The NIC may come up again: then the socket goes on by itself (af_packet.c, packet_notifier).
                return false;
            }
            // EINVAL: one packet that a virtio_net_hdr cannot describe (af_packet.c, packet_rcv_vnet).
            if (++errors > MAX_ERRORS) {
                throw new LinuxException("recvmmsg", errno, "");
            }
            reader.drop(DropReason.MALFORMED, 1);
            return true;
        }

        /// @return false when the batch has no room, so that the next one must take it
        private boolean take(int slot, BatchRing.Batch batch) {
            int offset = slots.offset(slot);
            int length = slots.length(slot) - PacketSocket.VNET_HEADER_BYTES;
            if (slots.isTruncated(slot)) {
                reader.drop(DropReason.TOO_LONG, 1);
                return true;
            }
            if (length < Frames.MIN_LENGTH) {
                reader.drop(DropReason.RUNT, 1);
                return true;
            }
            int tag = slots.tag(slot);
            int end = completion.write(
                    slots.bytes,
                    offset,
                    offset + PacketSocket.VNET_HEADER_BYTES,
                    length,
                    tag,
                    tag == Offload.NO_TAG ? 0 : slots.tagProtocol(slot),
                    batch.bytes,
                    batch.end);
            if (end >= 0 && batch.append(end, slots.isOutgoing(slot))) {
                return true;
            }
            if ((end == NO_ROOM || end >= 0) && !batch.isEmpty()) {
                return false;
            }
            reader.drop(end == NO_ROOM ? DropReason.TOO_LONG : DropReason.MALFORMED, 1);
            return true;
        }

        /// What the kernel dropped because we were slow.
        private void countLost(long now) {
            counted = true;
            countedAt = now;
            statisticsLength.set(ValueLayout.JAVA_INT, 0, PacketSocket.STATS_BYTES);
            if (SocketCalls.getsockopt(
                            fd, PacketSocket.SOL_PACKET, PacketSocket.PACKET_STATISTICS, statistics, statisticsLength)
                    == 0) {
                int lost = statistics.get(ValueLayout.JAVA_INT, PacketSocket.STATS_DROPS);
                if (lost != 0) {
                    reader.drop(DropReason.QUEUE_FULL, Integer.toUnsignedLong(lost));
                }
            }
        }
    }
}
