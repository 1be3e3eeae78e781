package vmlan.host.linux;

import java.io.FileInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import vmlan.host.HostOutside;
import vmlan.host.TcpListener;
import vmlan.network.outside.DatagramEvents;
import vmlan.network.outside.EchoEvents;
import vmlan.network.outside.OutsideDatagrams;
import vmlan.network.outside.OutsideEcho;
import vmlan.network.outside.OutsideError;
import vmlan.network.outside.StreamEvents;
import vmlan.packet.IpAddress;

/// What a test runs as a process of its own: with few descriptors, or as a user without rights. Without the test
/// libraries, so that any user can run it.
final class SocketsProgram {
    private static final long LOOPBACK = IpAddress.mapped(0x7f000001);

    private SocketsProgram() {}

    public static void main(String[] arguments) throws Exception {
        try (RunningLoop loop = new RunningLoop()) {
            switch (arguments[0]) {
                case "exhausted" -> exhausted(loop);
                case "bind" -> bind(loop);
                case "echo" -> echo(loop);
                default -> throw new IllegalArgumentException(arguments[0]);
            }
        }
    }

    /// Everything that needs a descriptor, when there is none; and again when there is.
    private static void exhausted(RunningLoop loop) throws Exception {
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        BlockingQueue<SocketChannel> taken = new LinkedBlockingQueue<>();
        LinuxOutside outside = loop.call(() -> new LinuxOutside(loop.loop));
        loop.run(() -> outside.datagrams(true, new Printer(events)).close());
        TcpListener listener = loop.call(() -> new TcpListener(loop.loop, 0, LOOPBACK, 0, taken::add));
        SocketChannel client = SocketChannel.open();
        SocketChannel second = SocketChannel.open();
        // A class that is in a folder takes a descriptor to be loaded, so all are used once before.
        loop.call(() -> outside.connect(0, LOOPBACK, 9, new Printer(events)));
        System.out.println("before: " + events.poll(60, TimeUnit.SECONDS));
        loop.run(() -> outside.echoes(true, new Printer(events)).close());
        loop.run(() -> loop.loop.after(0, () -> {}));
        try {
            loop.call(() -> outside.bind(0, IpAddress.mapped(0xc0000201), 9, new Printer(events)));
        } catch (IOException e) {
            System.out.println("before: " + e.getMessage());
        }
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        threads.getThreadCpuTime(loop.thread.threadId());
        List<FileInputStream> files = new ArrayList<>();
        try {
            while (true) {
                files.add(new FileInputStream("/dev/null"));
            }
        } catch (IOException e) {
            System.out.println("files: " + e.getMessage());
        }
        loop.call(() -> outside.connect(0, LOOPBACK, listener.tcpPort(), new Printer(events)));
        System.out.println("stream: " + events.poll(60, TimeUnit.SECONDS));
        System.out.println("datagrams: " + loop.call(() -> outside.datagrams(true, new Printer(events))));
        System.out.println("echoes: " + loop.call(() -> outside.echoes(true, new Printer(events))));
        InetSocketAddress to = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), listener.tcpPort());
        client.connect(to);
        long before = threads.getThreadCpuTime(loop.thread.threadId());
        System.out.println("taken without a descriptor: " + taken.poll(500, TimeUnit.MILLISECONDS));
        long worked = threads.getThreadCpuTime(loop.thread.threadId()) - before;
        System.out.println("spins: " + (worked > TimeUnit.MILLISECONDS.toNanos(250)));
        for (FileInputStream file : files) {
            file.close();
        }
        second.connect(to);
        System.out.println("taken with descriptors: " + (taken.poll(60, TimeUnit.SECONDS) != null) + " "
                + (taken.poll(60, TimeUnit.SECONDS) != null));
        OutsideDatagrams datagrams = loop.call(() -> outside.datagrams(true, new Printer(events)));
        System.out.println("datagrams with descriptors: " + (datagrams != null));
        loop.run(outside::close);
    }

    private static void bind(RunningLoop loop) throws Exception {
        LinuxOutside outside = loop.call(() -> new LinuxOutside(loop.loop));
        HostOutside portable = new HostOutside(loop.loop);
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        try {
            loop.call(() -> new TcpListener(loop.loop, 0, LOOPBACK, 80, channel -> {}));
        } catch (IOException e) {
            System.out.println("TCP " + e.getMessage());
        }
        try {
            loop.call(() -> outside.bind(0, LOOPBACK, 53, new Printer(events)));
        } catch (IOException e) {
            System.out.println("UDP " + e.getMessage());
        }
        try {
            loop.call(() -> portable.bind(0, LOOPBACK, 53, new Printer(events)));
        } catch (IOException e) {
            System.out.println("portable UDP " + e.getMessage());
        }
        loop.run(outside::close);
    }

    private static void echo(RunningLoop loop) throws Exception {
        LinuxOutside outside = loop.call(() -> new LinuxOutside(loop.loop));
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        OutsideEcho echo = loop.call(() -> outside.echoes(true, new Printer(events)));
        System.out.println("echoes: " + (echo != null));
        if (echo != null) {
            loop.call(() -> echo.send(0, LOOPBACK, 5, 64, ByteBuffer.allocate(8), 0, 8));
            System.out.println(events.poll(60, TimeUnit.SECONDS));
        }
        loop.run(outside::close);
    }

    private record Printer(BlockingQueue<String> events) implements StreamEvents, DatagramEvents, EchoEvents {
        @Override
        public void connected(long now) {
            events.add("connected");
        }

        @Override
        public void failed(OutsideError why, long now) {
            events.add(why.toString());
        }

        @Override
        public void readable(long now) {}

        @Override
        public void writable(long now) {}

        @Override
        public void received(long high, long low, int udpPort, ByteBuffer buffer, int offset, int length, long now) {}

        @Override
        public void failed(OutsideError why, int mtu, long high, long low, int udpPort, long now) {}

        @Override
        public void replied(long high, long low, int sequence, ByteBuffer buffer, int offset, int length, long now) {
            events.add("reply " + sequence);
        }

        @Override
        public void failed(
                OutsideError why,
                int mtu,
                long offenderHigh,
                long offenderLow,
                long high,
                long low,
                int sequence,
                long now) {}
    }
}
