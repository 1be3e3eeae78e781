package vmlan.host.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The far end of the cable: a packet socket of the plainest sort, for the test's own thread.
final class Listener implements AutoCloseable {
    private final int fd;
    private final MemorySegment buffer = Arena.ofAuto().allocate(70_000);

    Listener(String ifName) throws Exception {
        fd = PacketSocket.open();
        int index = Interfaces.index(ifName);
        PacketSocket.bind(fd, index, PacketSocket.ETH_P_ALL);
        PacketSocket.join(fd, index, PacketSocket.PACKET_MR_PROMISC);
    }

    void send(byte[] frame) throws Exception {
        MemorySegment.copy(frame, 0, buffer, ValueLayout.JAVA_BYTE, 0, frame.length);
        LinuxException.check(SocketCalls.send(fd, buffer, frame.length, 0), "send");
    }

    /// The next frame of an EtherType, or null when none comes.
    byte[] await(int type) {
        return await(type, new ArrayList<>());
    }

    /// The EtherTypes of all frames up to the next of this one.
    List<Integer> typesUpTo(int type) {
        List<Integer> types = new ArrayList<>();
        if (await(type, types) == null) {
            throw new AssertionError("no frame of type " + type + ", but " + types);
        }
        return types;
    }

    private byte[] await(int type, List<Integer> seen) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment poll = arena.allocate(Libc.POLLFD_BYTES, 4);
            poll.set(ValueLayout.JAVA_INT, 0, fd);
            poll.set(ValueLayout.JAVA_SHORT, Libc.POLLFD_EVENTS, Libc.POLLIN);
            long left = deadline - System.nanoTime();
            for (; left > 0; left = deadline - System.nanoTime()) {
                Libc.poll(poll, 1, (int) TimeUnit.NANOSECONDS.toMillis(left) + 1);
                int count = SocketCalls.recv(fd, buffer, buffer.byteSize(), SocketCalls.MSG_DONTWAIT);
                if (count >= 14) {
                    byte[] frame = new byte[count];
                    MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, frame, 0, count);
                    seen.add(Short.toUnsignedInt(ByteBuffer.wrap(frame).getShort(12)));
                    if (seen.getLast() == type) {
                        return frame;
                    }
                }
            }
        }
        return null;
    }

    @Override
    public void close() {
        Libc.close(fd);
    }
}
