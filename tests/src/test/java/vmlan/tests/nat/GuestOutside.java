package vmlan.tests.nat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.Assertions;
import vmlan.program.message.Failure;

/// A guest on the network `shared` of a host, with an internet around it: what most tests here begin with.
final class GuestOutside implements AutoCloseable {
    static final String VM = "linux";
    /// What "at once" may take on a machine that does other things, too: no more than one repeated SYN, which goes a
    /// second after the first and is followed by others after three and seven (RFC 6298 section 2).
    static final Duration AT_ONCE = Duration.ofMillis(2900);
    /// Longer than any answer takes.
    static final int READ_MILLIS = 60_000;

    private final TestInternet internet;
    private final SharedNetwork network;
    private final NativeGuest guest;

    private GuestOutside(TestInternet internet, SharedNetwork network, NativeGuest guest) {
        this.internet = internet;
        this.network = network;
        this.guest = guest;
    }

    interface Preparation {
        void prepare(TestInternet internet) throws Exception;
    }

    static GuestOutside create() throws Exception {
        return create(internet -> {});
    }

    /// @param before what the host shall be when the network's process starts
    static GuestOutside create(Preparation before) throws Exception {
        TestInternet internet = TestInternet.create();
        try {
            before.prepare(internet);
            SharedNetwork network = SharedNetwork.start(internet);
            try {
                NativeGuest guest = network.attach(VM, SharedNetwork.MTU);
                guest.configure();
                return new GuestOutside(internet, network, guest);
            } catch (IOException | InterruptedException | Failure | RuntimeException | AssertionError e) {
                network.close();
                throw e;
            }
        } catch (Exception | AssertionError e) {
            internet.close();
            throw e;
        }
    }

    TestInternet internet() {
        return internet;
    }

    SharedNetwork network() {
        return network;
    }

    NativeGuest guest() {
        return guest;
    }

    interface Conversation {
        void hold(Socket socket) throws Exception;
    }

    /// One connection between two who each do their part; what either throws comes out.
    void converse(
            Place serverPlace,
            InetSocketAddress listen,
            Conversation server,
            Place clientPlace,
            InetSocketAddress dial,
            Conversation client)
            throws Exception {
        try (Listener listener = Listener.open(internet, serverPlace, listen)) {
            CompletableFuture<Void> served = internet.begin(serverPlace, () -> {
                try (Socket socket = listener.accept()) {
                    server.hold(socket);
                }
                return null;
            });
            internet.call(clientPlace, () -> {
                try (Socket socket = new Socket()) {
                    socket.setSoTimeout(READ_MILLIS);
                    socket.connect(dial, READ_MILLIS);
                    client.hold(socket);
                }
                return null;
            });
            NamespaceThreads.await(served);
        }
    }

    /// Tries to connect, and gives what comes of it; it must come at once.
    Exception refusal(Place place, InetSocketAddress address) throws Exception {
        return internet.call(place, () -> {
            long from = System.nanoTime();
            try (Socket socket = new Socket()) {
                socket.connect(address, READ_MILLIS);
                throw new AssertionError("connected to " + address);
            } catch (IOException e) {
                Assertions.assertThat(Duration.ofNanos(System.nanoTime() - from))
                        .as("until '" + e.getMessage() + "' from " + address)
                        .isLessThan(AT_ONCE);
                return e;
            }
        });
    }

    @Override
    public void close() throws Exception {
        try (internet;
                network) {
            guest.close();
        }
    }
}
