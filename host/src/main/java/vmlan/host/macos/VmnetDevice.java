package vmlan.host.macos;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import vmlan.host.EventLoop;
import vmlan.host.FrameReceiver;
import vmlan.host.device.BatchRing;
import vmlan.host.device.FrameHandover;
import vmlan.network.DropReason;
import vmlan.network.Frames;
import vmlan.network.uplink.Wire;
import vmlan.packet.EthernetHeader;
import vmlan.packet.MacAddress;

/// An interface of vmnet on the event loop.
///
/// Theory of operation. vmnet says on a dispatch queue's thread that there are packets, wakes this device's
/// own thread, and that one reads until there are none: an event comes once, however many packets follow. The
/// queue's thread must not read, since it would have to wait where the loop is slow, and an event for the
/// stop waits behind it. The reader also looks once a second without an event, so that one that is lost, as
/// in the host's sleep, costs a second and not the network. Writing is the loop's: frames are copied, and go
/// out in one call at the end of a batch. It never waits; what vmnet has no room for is dropped and counted.
///
/// As a [Wire]: vmnet's bridge has the host on it as the LAN, so that a frame to a group reaches both at
/// once. Whether a frame came from the host is not told: [FrameReceiver#received] says false.
///
/// All methods belong to the loop's thread.
public final class VmnetDevice implements Wire {
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final VmnetInterface vmnet;
    private final FrameReceiver receiver;
    private final FrameHandover handover;
    private final Thread thread;
    private final long lookNanos;
    private final Packets in;
    private final Packets out;
    private volatile boolean woken;
    private volatile boolean stopping;
    private int mostOut;
    private boolean closed;

    /// @param vmnet is this object's from now on; [#close] stops it
    public VmnetDevice(EventLoop loop, VmnetInterface vmnet, FrameReceiver receiver) {
        this(loop, vmnet, receiver, LOOK_NANOS);
    }

    /// @param lookNanos how often to look without an event
    VmnetDevice(EventLoop loop, VmnetInterface vmnet, FrameReceiver receiver, long lookNanos) {
        this.vmnet = vmnet;
        this.receiver = receiver;
        this.lookNanos = lookNanos;
        VmnetParameters parameters = vmnet.parameters();
        in = new Packets(parameters.maxPacketSize(), parameters.readMaxPackets());
        out = new Packets(parameters.maxPacketSize(), parameters.writeMaxPackets());
        mostOut = out.capacity();
        int batchBytes = in.capacity() * (Frames.LENGTH_BYTES + in.size());
        handover = new FrameHandover(loop, receiver, batchBytes, in.capacity());
        thread = Thread.ofPlatform().daemon().name("vmlan-vmnet").unstarted(this::run);
    }

    /// Begins to receive.
    public void start() throws IOException {
        vmnet.onPackets(this::wake);
        thread.start();
    }

    /// Any thread.
    private void wake() {
        woken = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        int room = in.capacity();
        try {
            while (awaitPackets()) {
                while (room > 0 && !stopping) {
                    BatchRing.Batch batch = handover.awaitEmpty();
                    if (batch == null) {
                        return;
                    }
                    in.makeRoom(room);
                    int status = vmnet.read(in.descriptors(0), in.count(room));
                    if (status != VmnetStatus.SUCCESS.code()) {
                        room = roomAfter(status, room);
                        break;
                    }
                    int count = in.counted(room);
                    if (count == 0) {
                        break;
                    }
                    take(count, batch);
                }
            }
        } catch (IOException | RuntimeException e) {
            handover.fail(e);
        }
    }

    /// @return false when the thread is to end
    private boolean awaitPackets() {
        if (!woken && !stopping) {
            LockSupport.parkNanos(this, lookNanos);
        }
        // Before the read: what comes after it wakes anew.
        woken = false;
        return !stopping;
    }

    /// How many packets to ask for after an error.
    private int roomAfter(int status, int room) throws VmnetException {
        switch (VmnetStatus.of(status)) {
            case TOO_MANY_PACKETS -> {
                if (room > 1) {
                    woken = true; // at once again, with fewer
                    return room / 2;
                }
            }
            case BUFFER_EXHAUSTED, MEM_FAILURE -> {
                // For a moment; the next event or look comes.
                return room;
            }
            default -> {
                // The interface is no more.
            }
        }
        throw VmnetException.of("vmnet_read", status, "");
    }

    private void take(int count, BatchRing.Batch batch) {
        for (int i = 0; i < count; i++) {
            long length = in.length(i);
            if (length < Frames.MIN_LENGTH) {
                handover.drop(DropReason.RUNT, 1);
            } else if (length > in.size()) {
                handover.drop(DropReason.TOO_LONG, 1);
            } else {
                int bytes = (int) length;
                batch.bytes.putInt(batch.end, bytes);
                batch.bytes.put(batch.end + Frames.LENGTH_BYTES, in.bytes(), in.start(i), bytes);
                batch.append(batch.end + Frames.LENGTH_BYTES + bytes, false);
            }
        }
        if (!batch.isEmpty()) {
            handover.handOver();
        }
    }

    /// The frame is copied, and goes out with the next [#flush] or before.
    ///
    /// @return false when it was dropped
    @Override
    public boolean toLan(ByteBuffer buffer, int offset, int length) {
        if (closed || length > out.size()) {
            return false;
        }
        if (out.isFull()) {
            flush();
        }
        out.add(buffer, offset, length);
        return true;
    }

    /// The same, but for frames to a group: those reach the host by [#toLan].
    @Override
    public boolean toHost(ByteBuffer buffer, int offset, int length) {
        return MacAddress.isGroup(EthernetHeader.destination(buffer, offset)) ? !closed : toLan(buffer, offset, length);
    }

    @Override
    public void flush() {
        int all = out.used();
        out.clear();
        int sent = 0;
        boolean singly = false;
        while (sent < all && !closed) {
            int asked = singly ? 1 : Math.min(all - sent, mostOut);
            VmnetStatus status = VmnetStatus.of(vmnet.write(out.descriptors(sent), out.count(asked)));
            int written = out.counted(asked);
            switch (status) {
                case SUCCESS -> {
                    if (written == 0) {
                        receiver.dropped(DropReason.QUEUE_FULL, (long) all - sent);
                        return;
                    }
                    sent += written;
                }
                case TOO_MANY_PACKETS -> {
                    if (asked == 1) {
                        receiver.dropped(DropReason.QUEUE_FULL, (long) all - sent);
                        return;
                    }
                    mostOut = asked / 2;
                }
                case PACKET_TOO_BIG, INVALID_ARGUMENT -> {
                    // One of them, and the whole call failed: each by itself, so that only that one is lost.
                    if (asked == 1) {
                        receiver.dropped(DropReason.TOO_LONG, 1);
                        sent++;
                    }
                    singly = true;
                }
                default -> {
                    // No room, or no interface. How many went all the same is only believed where it is fewer.
                    int gone = written < asked ? written : 0;
                    receiver.dropped(DropReason.QUEUE_FULL, (long) all - sent - gone);
                    return;
                }
            }
        }
    }

    /// vmnet has no filter.
    @Override
    public void want(Wanted wanted) {
        // Every frame that vmnet brings is looked at by the uplink all the same.
    }

    /// Ends the thread and the interface; waits for vmnet's answer, for some seconds at most.
    ///
    /// @throws VmnetException when vmnet did not end it, or did not say so; there is nothing else to do
    public void close() throws VmnetException {
        if (closed) {
            return;
        }
        closed = true;
        vmnet.noPackets();
        stopping = true;
        handover.close();
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        vmnet.stop();
    }
}
