package vmlan.tests.tcp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import vmlan.host.EventLoop;
import vmlan.network.tcp.TcpCounters;
import vmlan.network.tcp.TcpSettings;
import vmlan.network.tcp.transfer.Application;
import vmlan.network.tcp.transfer.Transfer;
import vmlan.network.tcp.transfer.Weather;
import vmlan.packet.IpAddress;

/// Rounds of transfers between the kernel of the namespace that this process is in and our stack. Prints a line for
/// each round and for each transfer that went wrong; exits with 1 when there was one.
///
/// `TransferMain SEED FIRST-ROUND ROUNDS TRANSFERS AT-ONCE [ONLY]`
final class TransferMain {
    private static final int FIRST_PORT = 10_000;
    private static final long SECOND = 1_000_000_000L;
    private static final long LIMIT_NANOS = 180 * SECOND;
    private static final int[] MTUS = {1500, 1500, 1280, 9000, 1400, 16_000};

    private static final Weather[] WEATHERS = {Weather.FOUL, Weather.FAIR, Weather.FOUL, Weather.STORM};
    /// Bytes in each direction that come through such a weather in much less than the limit, also without SACK.
    private static final long[] LIMITS = {1 << 20, 6 << 20, 1 << 20, 200_000};

    private static final String[] NAMES = {"foul", "fair", "foul", "storm"};

    private static final class Running {
        private final int index;
        private final Transfer transfer;
        private final Application guest;
        private final Application outside;
        private final KernelSocket socket;
        private final long begun;

        private Running(EventLoop loop, int index, int mtu, Transfer transfer) {
            this.index = index;
            this.transfer = transfer;
            guest = transfer.guest();
            outside = transfer.outside();
            socket = new KernelSocket(loop, guest, mtu, transfer.seed());
            begun = loop.now();
        }

        private String failure() {
            return guest.failure() == null ? outside.failure() : guest.failure();
        }

        private boolean isDone() {
            return guest.isDone() && outside.isDone();
        }
    }

    private final int round;
    private final int atOnce;
    private final long seed;
    private final EventLoop loop;
    private final SplittableRandom random;
    private final List<Transfer> transfers = new ArrayList<>();
    private final List<Running> running = new ArrayList<>();
    private final Running[] byIndex;
    private final TapNetwork network;
    private final int mtu;
    private final String weather;
    private final KernelSettings kernel;
    private Throwable error;
    private int next;
    private int failed;
    private long longest;
    private long settleBy;

    private TransferMain(long seed, int round, int count, int atOnce, int only) throws Exception {
        this.seed = seed;
        this.round = round;
        this.atOnce = atOnce;
        random = new SplittableRandom(seed * 1000 + round);
        kernel = KernelSettings.of(round, random);
        kernel.apply();
        mtu = MTUS[random.nextInt(MTUS.length)];
        int which = random.nextInt(WEATHERS.length);
        weather = NAMES[which];
        for (int i = 0; i < count; i++) {
            transfers.add(Transfer.of(random.nextLong() >>> 8, LIMITS[which]));
        }
        byIndex = new Running[count];
        if (only >= 0) {
            Transfer alone = transfers.get(only);
            transfers.clear();
            transfers.add(alone);
        }
        loop = new EventLoop(e -> error = error == null ? e : error);
        network = new TapNetwork(
                loop,
                mtu,
                WEATHERS[which],
                new TcpSettings(mtu, 1000, 1000, 1 << 20, 256 << 20, 256 << 20),
                tcpPort -> byIndex[tcpPort - FIRST_PORT].outside,
                random.nextLong());
    }

    private boolean run() throws IOException {
        long begin = loop.now();
        loop.run(this::round);
        double seconds = (loop.now() - begin) / 1e9;
        network.close();
        loop.close();
        TcpCounters counters = network.side().stack().counters();
        long toOutside = transfers.stream().mapToLong(Transfer::fromGuest).sum();
        long toGuest = transfers.stream().mapToLong(Transfer::fromOutside).sum();
        System.out.printf(
                "round %2d %-5s mtu %5d %s%n         %4d transfers, %d failed, %6d KiB out, %6d KiB in, %5.1f s, the longest %4.1f s;"
                        + " %d frames out, %d in, %d lost, %d sent again, tap full %d%n",
                round,
                weather,
                mtu,
                kernel,
                transfers.size(),
                failed,
                toOutside / 1024,
                toGuest / 1024,
                seconds,
                longest / 1e9,
                network.fromGuest().sent(),
                network.toGuest().sent(),
                network.fromGuest().lost() + network.toGuest().lost(),
                counters.retransmits(),
                network.dropped());
        if (error != null) {
            error.printStackTrace(System.out);
        }
        return failed == 0 && error == null;
    }

    /// A round of the loop.
    private long round(long now) {
        if (error != null) {
            loop.stop();
            return 0;
        }
        for (int i = running.size() - 1; i >= 0; i--) {
            Running each = running.get(i);
            boolean isStuck = now - each.begun > LIMIT_NANOS;
            if (each.failure() != null || isStuck) {
                failed++;
                report(each);
            } else if (!each.isDone()) {
                continue;
            }
            longest = Math.max(longest, now - each.begun);
            network.log().forget(each.socket.tcpPort());
            close(each);
            running.remove(i);
        }
        while (running.size() < atOnce && next < transfers.size()) {
            begin(next++);
        }
        if (running.isEmpty() && isSettled(now)) {
            loop.stop();
            return 0;
        }
        return Math.min(network.round(now), SECOND);
    }

    /// Whether no flow is left but those that wait out RFC 9293's 2 MSL.
    private boolean isSettled(long now) {
        TcpCounters counters = network.side().stack().counters();
        if (settleBy == 0) {
            settleBy = now + LIMIT_NANOS;
        }
        if (counters.flows() == 0) {
            return true;
        }
        if (failed == 0 && now - settleBy > 0) {
            failed++;
            System.out.printf("FAILED %s flows are left: %s%n", this, counters);
        }
        return failed > 0;
    }

    private void begin(int index) {
        Running each = new Running(loop, index, mtu, transfers.get(index));
        byIndex[index] = each;
        running.add(each);
        boolean ipv6 = each.transfer.ipv6();
        try {
            if (each.transfer.guestConnects()) {
                IpAddress to = TapNetwork.outside(
                        ipv6, new SplittableRandom(each.transfer.seed()).nextInt(TapNetwork.MSS.length));
                each.socket.connect(new InetSocketAddress(inet(to), FIRST_PORT + index));
            } else {
                IpAddress guest = ipv6 ? TapNetwork.GUEST6 : TapNetwork.GUEST4;
                int tcpPort = each.socket.listen(new InetSocketAddress(inet(guest), 0));
                IpAddress source = ipv6 ? TapNetwork.GATEWAY6 : TapNetwork.GATEWAY4;
                network.side().connect(each.outside, TapNetwork.GUEST_MAC, source, guest, tcpPort, loop.now());
            }
        } catch (IOException e) {
            each.guest.fail(e.toString());
        }
    }

    private static InetAddress inet(IpAddress address) throws IOException {
        if (address.isIpv4()) {
            return InetAddress.getByAddress(
                    ByteBuffer.allocate(4).putInt(address.ipv4().bits()).array());
        }
        return InetAddress.getByAddress(ByteBuffer.allocate(16)
                .putLong(address.high())
                .putLong(address.low())
                .array());
    }

    private void report(Running each) {
        System.out.printf(
                "FAILED %s transfer %d after %.1f s: %s; %s; %s; %s%n"
                        + "  again: -Dtest=KernelTransferTest -Dvmlan.seed=%d -Dvmlan.round=%d -Dvmlan.only=%d%n",
                this,
                each.index,
                (loop.now() - each.begun) / 1e9,
                each.failure() == null ? "stuck" : each.failure(),
                each.transfer,
                each.guest,
                each.outside,
                seed,
                round,
                each.index);
        int tcpPort = each.socket.tcpPort();
        network.log().print(tcpPort);
        try {
            // what the kernel thinks of it
            new ProcessBuilder("ss", "-tinoO", "sport = :" + tcpPort)
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException e) {
            System.out.println(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(Running each) {
        try {
            each.socket.close();
        } catch (IOException e) {
            System.out.println(e);
        }
    }

    @Override
    public String toString() {
        return "round " + round + " (" + weather + ", mtu " + mtu + ", " + kernel + ")";
    }

    public static void main(String[] args) throws Exception {
        long seed = Long.parseLong(args[0]);
        int first = Integer.parseInt(args[1]);
        int rounds = Integer.parseInt(args[2]);
        boolean good = true;
        for (int round = first; round < first + rounds; round++) {
            good &= new TransferMain(
                            seed,
                            round,
                            Integer.parseInt(args[3]),
                            Integer.parseInt(args[4]),
                            Integer.parseInt(args[5]))
                    .run();
        }
        System.exit(good ? 0 : 1);
    }
}
