package vmlan.tests.nat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vmlan.program.files.Fields;
import vmlan.tests.lan.Evidence;

/// TCP of a guest to the internet, with real programs and byte by byte.
@EnabledOnOs(OS.LINUX)
@ExtendWith(Evidence.class)
class TransferTest {
    private static final long COUNT = 50 * Bytes.MEGABYTE;
    private static final int PORT = 7000;
    private static final int HTTP_PORT = 8080;

    private static GuestOutside world;

    @BeforeAll
    static void create() throws Exception {
        world = GuestOutside.create();
    }

    @AfterAll
    static void close() throws Exception {
        world.close();
    }

    @ParameterizedTest
    @EnumSource
    void fiftyMegabytesArriveAsTheyWereSentInEitherDirection(Family family) throws Exception {
        AtomicReference<String> up = new AtomicReference<>();
        AtomicReference<String> down = new AtomicReference<>();
        world.converse(
                Place.INTERNET,
                family.server(PORT),
                server -> {
                    Bytes.Received received = Bytes.receive(server.getInputStream());
                    assertThat(received.count()).isEqualTo(COUNT);
                    up.set(received.sum());
                    down.set(Bytes.send(server.getOutputStream(), 2, COUNT));
                },
                Place.GUEST,
                family.server(PORT),
                client -> {
                    String sent = Bytes.send(client.getOutputStream(), 1, COUNT);
                    // the server answers on the open half
                    client.shutdownOutput();
                    Bytes.Received received = Bytes.receive(client.getInputStream());
                    assertThat(received.count()).isEqualTo(COUNT);
                    assertThat(received.sum()).isEqualTo(down.get());
                    assertThat(up.get()).isEqualTo(sent);
                });
    }

    @ParameterizedTest
    @EnumSource
    void bothDirectionsGoAtTheSameTime(Family family) throws Exception {
        long count = COUNT / 5;
        GuestOutside.Conversation both = socket -> {
            CompletableFuture<String> sum = new CompletableFuture<>();
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    sum.complete(Bytes.send(socket.getOutputStream(), 3, count));
                    socket.shutdownOutput();
                } catch (IOException e) {
                    sum.completeExceptionally(e);
                }
            });
            Bytes.Received received = Bytes.receive(socket.getInputStream());
            assertThat(received.count()).isEqualTo(count);
            assertThat(received.sum()).as("the same bytes go either way").isEqualTo(NamespaceThreads.await(sum));
        };
        world.converse(Place.INTERNET, family.server(PORT), both, Place.GUEST, family.server(PORT), both);
    }

    @ParameterizedTest
    @EnumSource
    void theServerMayCloseItsHalfFirst(Family family) throws Exception {
        AtomicReference<Bytes.Received> received = new AtomicReference<>();
        world.converse(
                Place.INTERNET,
                family.server(PORT),
                server -> {
                    server.shutdownOutput();
                    received.set(Bytes.receive(server.getInputStream()));
                },
                Place.GUEST,
                family.server(PORT),
                client -> {
                    assertThat(client.getInputStream().read())
                            .as("the end of the stream")
                            .isEqualTo(-1);
                    Bytes.send(client.getOutputStream(), 4, Bytes.MEGABYTE);
                    client.shutdownOutput();
                });
        assertThat(received.get().count()).isEqualTo(Bytes.MEGABYTE);
    }

    /// What a peer resets is reset for the other one, too, and not ended as if all had come.
    @ParameterizedTest
    @EnumSource
    void aResetIsAReset(Family family) throws Exception {
        world.converse(
                Place.INTERNET,
                family.server(PORT),
                server -> {
                    assertThat(server.getInputStream().read()).isEqualTo('x');
                    server.setSoLinger(true, 0);
                },
                Place.GUEST,
                family.server(PORT),
                client -> {
                    client.getOutputStream().write('x');
                    assertThat(reading(client)).hasMessageContaining("reset");
                });
        world.converse(
                Place.INTERNET,
                family.server(PORT),
                server -> assertThat(reading(server)).hasMessageContaining("reset"),
                Place.GUEST,
                family.server(PORT),
                client -> client.setSoLinger(true, 0));
    }

    private static Throwable reading(Socket socket) {
        return org.assertj.core.api.Assertions.catchThrowable(
                () -> socket.getInputStream().read());
    }

    /// The server cannot send more than what kernels and network hold, which is bounded; and all of it arrives when the
    /// guest reads at last.
    @ParameterizedTest
    @EnumSource
    void aSlowReaderSlowsTheSenderAndLosesNothing(Family family) throws Exception {
        long before = world.internet()
                .call(Place.HOST, () -> residentKilobytes(world.network().pid()));
        CompletableFuture<ServerSocketChannel> listening = world.internet().begin(Place.INTERNET, () -> {
            ServerSocketChannel channel = ServerSocketChannel.open();
            channel.bind(family.server(PORT));
            return channel;
        });
        try (ServerSocketChannel listener = NamespaceThreads.await(listening)) {
            CompletableFuture<Bytes.Received> received = new CompletableFuture<>();
            CompletableFuture<Void> mayRead = new CompletableFuture<>();
            CompletableFuture<Void> guest = world.internet().begin(Place.GUEST, () -> {
                try (Socket socket = new Socket()) {
                    socket.connect(family.server(PORT), GuestOutside.READ_MILLIS);
                    mayRead.join();
                    received.complete(Bytes.receive(socket.getInputStream()));
                }
                return null;
            });
            long sent;
            try (SocketChannel server = listener.accept()) {
                sent = sendUntilItStops(server);
                assertThat(sent).as("what is under way").isPositive().isLessThan(64 * Bytes.MEGABYTE);
                assertThat(residentKilobytes(world.network().pid()) - before)
                        .as("kB that the network's process has taken")
                        .isLessThan(32 * 1024);
                mayRead.complete(null);
            }
            NamespaceThreads.await(guest);
            assertThat(NamespaceThreads.await(received).count()).isEqualTo(sent);
        }
    }

    /// Until the socket has had no room for two seconds.
    private static long sendUntilItStops(SocketChannel server) throws IOException {
        server.configureBlocking(false);
        try (Selector selector = Selector.open()) {
            server.register(selector, SelectionKey.OP_WRITE);
            long sent = 0;
            while (selector.select(2000) > 0) {
                selector.selectedKeys().clear();
                sent += server.write(ByteBuffer.allocate(1 << 16));
                if (sent > 1024 * Bytes.MEGABYTE) {
                    throw new AssertionError("it takes without an end");
                }
            }
            return sent;
        }
    }

    private static long residentKilobytes(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource
    void curlFetchesAndSends(Family family) throws Exception {
        CompletableFuture<String> sum = new CompletableFuture<>();
        HttpServer server = world.internet().call(Place.INTERNET, () -> http(family.server(HTTP_PORT), sum));
        try {
            Path file = world.internet().folder().resolve("fetched");
            String url = "http://" + family.inUrl() + ":" + HTTP_PORT + "/";
            world.internet().in(Place.GUEST, "curl", "-sSf", "--max-time", "120", "-o", file.toString(), url);
            assertThat(Files.size(file)).isEqualTo(COUNT);
            String fetched;
            try (var in = Files.newInputStream(file)) {
                fetched = Bytes.receive(in).sum();
            }
            // curl may have the last byte before the server knows the sum of all
            assertThat(fetched).isEqualTo(NamespaceThreads.await(sum));
            assertThat(world.internet()
                            .in(Place.GUEST, "curl", "-sSf", "--max-time", "120", "-T", file.toString(), url + "put"))
                    .isEqualTo(fetched);
        } finally {
            server.stop(0);
        }
    }

    /// Sends bytes for `GET /`, and for a PUT the sum of what came.
    private static HttpServer http(InetSocketAddress address, CompletableFuture<String> sum) throws IOException {
        HttpServer server = HttpServer.create(address, 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                if (exchange.getRequestMethod().equals("GET")) {
                    exchange.sendResponseHeaders(200, COUNT);
                    sum.complete(Bytes.send(exchange.getResponseBody(), 5, COUNT));
                } else {
                    byte[] answer =
                            Bytes.receive(exchange.getRequestBody()).sum().getBytes(StandardCharsets.US_ASCII);
                    exchange.sendResponseHeaders(200, answer.length);
                    exchange.getResponseBody().write(answer);
                }
            }
        });
        server.start();
        return server;
    }

    @Test
    void iperf3MovesBytesInBothDirectionsAndFamilies() throws Exception {
        Process server =
                world.internet().start(Place.INTERNET, "iperf3", "Server listening", "iperf3", "-s", "--forceflush");
        try {
            for (Family family : Family.values()) {
                for (String direction : List.of("--parallel=1", "--reverse", "--bidir", "--parallel=8")) {
                    String json = world.internet()
                            .in(Place.GUEST, "iperf3", "-J", "-c", family.server(), "-t", "1", direction);
                    Fields end = new Fields(JSON.std
                                    .without(JSON.Feature.FAIL_ON_DUPLICATE_MAP_KEYS)
                                    .mapFrom(json))
                            .object("end");
                    assertThat(((Number) end.object("sum_received").values().get("bytes")).longValue())
                            .as("iperf3 " + direction + " over " + family)
                            .isGreaterThan(Bytes.MEGABYTE);
                }
            }
        } finally {
            world.internet().end(server);
        }
    }
}
