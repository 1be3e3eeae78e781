package vmlan.program.hostdns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import vmlan.network.dns.DomainServer;

/// Holds the user's port on 127.0.0.1 while it is free, and answers there over UDP and TCP (RFC 7766) by
/// a [DomainServer]. Each process of a network has one; all but the holder try again until they get the
/// port.
///
/// Trust: any user of this host may ask. Bounded are a message's length, the connections
/// ([#MOST_CONNECTIONS]; more wait in the kernel's queue) and how long one may be silent; datagrams wait
/// in the kernel's buffer. Threads: virtual ones, since names of other networks are asked for; none
/// while nothing is installed but one that sleeps.
public final class NameService implements AutoCloseable {
    /// How soon another takes over from a holder that went.
    public static final Duration RETRY = Duration.ofSeconds(2);

    static final int MOST_CONNECTIONS = 16;
    /// After a failure that may last, such as one for want of memory or descriptors.
    static final Duration PAUSE = Duration.ofMillis(100);

    private static final int SILENCE_MILLIS = 10_000;
    /// The longest question that anything is made of (Query).
    private static final int LONGEST = 4096;

    private final Supplier<OptionalInt> wanted;
    private final Supplier<DomainServer> maker;
    private final Consumer<String> log;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Semaphore connections = new Semaphore(MOST_CONNECTIONS);
    private final Thread keeper;
    /// A request to look again, which came while nobody waited.
    private boolean look;
    private boolean closed;
    private DomainServer server;

    /// @param wanted the port that is to be held now, asked on a thread of its own
    /// @param maker called when the port is held: what answers needs a library
    public NameService(Supplier<OptionalInt> wanted, Supplier<DomainServer> maker, Consumer<String> log) {
        this.wanted = wanted;
        this.maker = maker;
        this.log = log;
        this.keeper = Thread.ofVirtual().name("names for the host").start(this::keep);
    }

    /// Something was installed or removed.
    public void lookAgain() {
        lock.lock();
        try {
            look = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            keeper.join(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// @return false when it is over
    private boolean await(Duration limit) {
        lock.lock();
        try {
            long left = limit == null ? Long.MAX_VALUE : limit.toNanos();
            while (!look && !closed && left > 0) {
                left = changed.awaitNanos(left);
            }
            look = false;
            return !closed;
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void keep() {
        Duration pause = null;
        do {
            pause = null;
            OptionalInt port = wanted.get();
            if (port.isPresent()) {
                hold(port.getAsInt());
                pause = RETRY;
            }
        } while (await(pause));
    }

    /// Returns when the port cannot be had now, or is no longer wanted.
    private void hold(int port) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
        try (DatagramSocket datagrams = new DatagramSocket(null);
                ServerSocket streams = new ServerSocket()) {
            datagrams.setReuseAddress(false);
            datagrams.bind(address);
            // connections that have ended do not keep it from being bound, a living one's listener does
            streams.setReuseAddress(true);
            streams.bind(address, MOST_CONNECTIONS);
            if (server == null) {
                server = maker.get();
            }
            log.accept("answers the host's questions for names at 127.0.0.1:" + port);
            Thread.ofVirtual().name("names by datagrams").start(() -> answer(datagrams));
            Thread.ofVirtual().name("names by streams").start(() -> accept(streams));
            while (wanted.get().equals(OptionalInt.of(port))) {
                if (!await(null)) {
                    return;
                }
            }
        } catch (IOException e) {
            // another network's process has it, or somebody else; dns status tells which
        }
    }

    private void answer(DatagramSocket socket) {
        byte[] buffer = new byte[LONGEST + 1];
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        while (received(socket, packet)) {
            try {
                byte[] answer = server.answer(Arrays.copyOf(packet.getData(), packet.getLength()), false);
                if (answer != null) {
                    socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            } catch (IOException e) {
                // one answer could not be sent
            } catch (RuntimeException e) {
                log.accept("a question for a name could not be answered: " + e);
            }
        }
    }

    /// Waits for the next, and where that fails for other reasons than the end, a moment before it tries again.
    ///
    /// @return false when it is over
    static boolean received(DatagramSocket socket, DatagramPacket packet) {
        while (!socket.isClosed()) {
            try {
                packet.setLength(packet.getData().length);
                socket.receive(packet);
                return true;
            } catch (IOException e) {
                if (!socket.isClosed() && !pause()) {
                    return false;
                }
            }
        }
        return false;
    }

    private static boolean pause() {
        try {
            Thread.sleep(PAUSE);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private void accept(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                connections.acquire();
                Socket connection;
                try {
                    connection = socket.accept();
                } catch (IOException e) {
                    connections.release();
                    TimeUnit.MILLISECONDS.sleep(socket.isClosed() ? 0 : PAUSE.toMillis()); // no descriptor is free
                    continue;
                }
                Thread.ofVirtual().start(() -> {
                    try {
                        answer(connection);
                    } finally {
                        connections.release();
                    }
                });
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void answer(Socket connection) {
        try (connection) {
            connection.setSoTimeout(SILENCE_MILLIS);
            DataInputStream in = new DataInputStream(connection.getInputStream());
            DataOutputStream out = new DataOutputStream(connection.getOutputStream());
            while (true) {
                int length = in.readUnsignedShort();
                byte[] answer = length > LONGEST ? null : server.answer(in.readNBytes(length), true);
                if (answer == null) {
                    return;
                }
                // one write, so that both go in one segment (RFC 7766 §8)
                byte[] framed = new byte[2 + answer.length];
                framed[0] = (byte) (answer.length >> 8);
                framed[1] = (byte) answer.length;
                System.arraycopy(answer, 0, framed, 2, answer.length);
                out.write(framed);
                out.flush();
            }
        } catch (IOException e) {
            // the other end went, or was silent for too long
        }
    }
}
